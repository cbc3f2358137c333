export { type Guard, openGuard } from './guard.ts';
export { type IceServer, type TurnService, turnCredentials } from './turn/turn-credentials.ts';
