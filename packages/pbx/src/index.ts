export { applyChange, applyChanges, type ChangeResult } from './change/apply-change.ts';
export type * from './change/change.ts';
export { mergePatch } from './change/merge-patch.ts';
export { compileSystem } from './compile.ts';
export * from './credentials/index.ts';
export { demoSystem, type PasswordRandom } from './demo.ts';
export { emailKey } from './email.ts';
export { ERROR_MEANINGS, type ErrorCode, errorText, type SystemError } from './errors.ts';
export { type LicenceCount, type LicenceUse, licenceUse } from './licences.ts';
export * from './model/index.ts';
export {
  DEFAULT_FEATURE_CODES,
  type Dialled,
  type DialledFeature,
  FEATURES,
  isE164,
  MAX_DIAL_STRING_LENGTH,
  normalise,
  PAUSE_SEC,
  type PostDial,
  readTrunkNumber,
  writeDiallable,
  writeOutside,
} from './numbering/index.ts';
export * from './routing/index.ts';
export { jsonSchemas } from './schema/json-schemas.ts';
export type * from './system.ts';
export { exportSystem } from './text/export-system.ts';
export { checkSystem, parseSystem, type ReadSystem, readSystem } from './text/read-system.ts';
export { MAX_TEXT_LENGTH } from './text/source.ts';
