export { type Guard, openGuard } from './guard.ts';
export type { Ban, BanPolicy, BanScope, BanStore } from './protection/bans.ts';
export type { ProtectionCounters } from './protection/counters.ts';
export { Protection, type ProtectionOptions } from './protection/protection.ts';
export type { Rate } from './protection/rate.ts';
export { DEFAULT_PROTECTION, type ProtectionSettings } from './protection/settings.ts';
export { isAddressBlock, sourceOf } from './protection/source.ts';
export { type IceServer, type TurnService, turnCredentials } from './turn/turn-credentials.ts';
