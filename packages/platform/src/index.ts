export { AcmeCertificate, type AcmeSettings } from './certificates/acme.ts';
export { ChallengeServer } from './certificates/challenges.ts';
export { ensureCertificate, type ServerCertificate } from './certificates/ensure.ts';
export {
  type CertificateFacts,
  type CertificatePair,
  certificateFacts,
  readPair,
} from './certificates/pair.ts';
export { warningDays } from './certificates/schedule.ts';
export { CertificateFiles } from './certificates/watch-files.ts';
export { type Option, optionsOf } from './configuration/options.ts';
export { closest, type Problem, problemLine } from './configuration/problem.ts';
export { type Configuration, type Contradiction, readConfiguration, type Sources } from './configuration/read.ts';
export { type DataFolder, DataFolderError, openDataFolder } from './data-folder/data-folder.ts';
export { copyDatabase, type Database, openDatabase, statementOf } from './database/database.ts';
export { DatabaseError, type DatabaseErrorCode } from './database/errors.ts';
export type { Migrations } from './database/migrate.ts';
export { type Notifications, openNotifications } from './database/notifications.ts';
export { openSharedDatabase, type SharedDatabase } from './database/shared-database.ts';
export { type Done, type Statement, UNHURRIED_MS, type Writer } from './database/writer.ts';
export { createLogger, LOG_LEVELS, type Logger, type LoggerOptions, type LogLevel } from './log/logger.ts';
export { maskNumber } from './log/privacy.ts';
export { createMetrics, type Labels, type Metrics } from './metrics/metrics.ts';
