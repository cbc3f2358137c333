export {
  type ClientClaims,
  type ClientCredentials,
  isInstallation,
  type Mac,
  type MacWith,
  userPrint,
} from './claims.ts';
export { type DelegatedKey, delegateKey } from './delegate.ts';
export { CLOCK_TOLERANCE_SEC, type ClientVerdict, judgeClaims } from './judge.ts';
export { sealClaims } from './seal.ts';
export { isClientUsername, openUsername, passwordOf } from './username.ts';
