export { type Guard, openGuard } from './guard.ts';
