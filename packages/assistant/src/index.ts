import type { Assistant, AssistantOptions } from './assistant.ts';

export { ROLES, type Role } from './access/roles.ts';
export type { Assistant, AssistantOptions } from './assistant.ts';
export { createAuditLog } from './audit/audit-log.ts';
export type { Cloud, CloudOptions } from './cloud.ts';
export { type Import, type ImportOutcome, type ImportRequest, importOver } from './csv/run-import.ts';
export {
  describeLicence,
  inspectLicence,
  type Licence,
  licenceSchema,
  readLicence,
  readPublicKey,
  writeLicence,
} from './licence/licence-file.ts';
export type { LinkErrorCode } from './link/link-error.ts';
export type { RouteToConnector } from './link/proxy.ts';
export * from './ports.ts';
export {
  ASSISTANT_MIGRATIONS,
  type AssistantDatabase,
  type AssistantTables,
  type Statement,
} from './store/index.ts';
export type { ClientAccess } from './sync/devices.ts';
export { factsOf } from './system/facts.ts';
export { WAKEABLE_USERS } from './wakeable.ts';

/**
 * Makes an Assistant. Its server and its link are loaded only now, so that a phone system which hears calls first does not wait
 * for them.
 */
export async function createAssistant(options: AssistantOptions): Promise<Assistant> {
  const { Assistant } = await import('./assistant.ts');
  return new Assistant(options);
}
