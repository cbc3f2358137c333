import { pino } from 'pino';
import { humanLine } from './human-line.ts';
import { maskNumber, maskNumbersIn, NUMBER_FIELDS, SECRET_FIELDS, TEXT_FIELDS } from './privacy.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

type Write = (fields: object, message: string) => void;

/** What code that logs sees. Data goes into fields, where it is masked as `privacy.ts` says; messages are fixed text. */
export interface Logger {
  readonly trace: Write;
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** A logger that adds these fields to every line. */
  child(fields: Readonly<Record<string, unknown>>): Logger;
}

export interface LoggerOptions {
  level: LogLevel;
  /** `human`: one readable line each; `json`: one JSON object per line, as log collectors want it. */
  format: 'human' | 'json';
  /** Takes one line, ending with a line feed. */
  write(line: string): void;
}

/**
 * A logger over pino. Secrets are left out at every level; phone numbers show their last two digits unless the level is `debug`
 * or `trace`, which are for finding a fault and not for every day.
 */
export function createLogger(options: LoggerOptions): Logger {
  const showsNumbers = options.level === 'debug' || options.level === 'trace';
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
      serializers: showsNumbers ? {} : SERIALIZERS,
    },
    { write: options.format === 'json' ? options.write : (line: string) => options.write(humanLine(line)) },
  );
}

const SERIALIZERS = {
  ...Object.fromEntries(NUMBER_FIELDS.map((name) => [name, masking(maskNumber)])),
  ...Object.fromEntries(TEXT_FIELDS.map((name) => [name, masking(maskNumbersIn)])),
};

function masking(mask: (text: string) => string): (value: unknown) => unknown {
  const masked = (value: unknown): unknown => {
    if (typeof value === 'string') return mask(value);
    return Array.isArray(value) ? value.map(masked) : value;
  };
  return masked;
}
