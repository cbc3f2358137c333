export { type ClientClaims, type ClientCredentials, isInstallation, type Mac, userPrint } from './claims.ts';
export { CLOCK_TOLERANCE_SEC, type ClientVerdict, judgeClaims } from './judge.ts';
export { isClientUsername, openUsername, passwordOf, sealClaims } from './seal.ts';
