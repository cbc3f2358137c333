export { createServer, type ServerOptions } from './api/server.ts';
export * from './ports.ts';
export { ASSISTANT_MIGRATIONS, type AssistantDatabase, type AssistantTables, type Statement } from './store/index.ts';
