export { type AuditVerdict, verifyAudit } from './audit/audit.ts';
export { EVERYTHING_TOPIC } from './change.ts';
export { Connector, type ConnectorOptions, contextOf } from './connector.ts';
export { type Context, DEFAULT_POLICY, type Policy } from './context.ts';
export { migrateConnector } from './database/migrations.ts';
export type { Store, Tables } from './database/tables.ts';
export { CLIENT_PATHS } from './http/origins.ts';
export { ProblemError } from './http/problem-error.ts';
export { outboxMailer, type SmtpOptions, smtpMailer } from './mail/mailers.ts';
export { userByEmail } from './people/directory.ts';
export { type SeedPerson, seedPeople, signsInWith } from './people/seed.ts';
export * from './ports.ts';
export type { PushMessage, PushOutcome, PushSender } from './push/sender.ts';
export { newVapidKeys, type VapidKeys, webPushSender } from './push/web-push.ts';
export { runRetention } from './retention/retention.ts';
export { invite } from './sign-in/mailed.ts';
export {
  createKey,
  createTenant,
  listKeys,
  listTenants,
  revokeKey,
  rotateKey,
  tenantBySlug,
} from './tenants/tenants.ts';
export { changeTenant, tenantView } from './tenants/view.ts';
