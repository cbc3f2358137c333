export { type AssistantDatabase, type Statement, statementOf, written } from './database.ts';

export { ASSISTANT_MIGRATIONS } from './migrations.ts';
export type { AssistantTables } from './tables.ts';
