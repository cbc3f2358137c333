export { type AuditVerdict, verifyAudit } from './audit/audit.ts';
export { Connector, type ConnectorOptions, contextOf } from './connector.ts';
export { type Context, DEFAULT_POLICY, type Policy } from './context.ts';
export { migrateConnector } from './database/migrations.ts';
export type { Store, Tables } from './database/tables.ts';
export { ProblemError } from './http/problem-error.ts';
export * from './ports.ts';
export { createKey, createTenant, listKeys, revokeKey, rotateKey } from './tenants/tenants.ts';
