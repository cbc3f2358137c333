import type { SystemData } from '../model/index.ts';

/**
 * The data as a text that `parseSystem` reads back to an equal value. It holds the passwords: keep it as you keep
 * them.
 */
export function exportSystem(data: SystemData, format: 'yaml' | 'json' = 'yaml'): string {
  if (format === 'json') return `${JSON.stringify(data, null, 2)}\n`;
  const lines: string[] = [];
  writeFields(data, '', lines);
  return `${lines.join('\n')}\n`;
}

function writeFields(fields: object, indent: string, lines: string[]): void {
  for (const [name, value] of Object.entries(fields)) {
    if (isBlock(value)) {
      lines.push(`${indent}${name}:`);
      writeBlock(value, `${indent}  `, lines);
    } else {
      lines.push(`${indent}${name}: ${scalar(value)}`);
    }
  }
}

function isBlock(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function writeBlock(value: object, indent: string, lines: string[]): void {
  if (!Array.isArray(value)) return writeFields(value, indent, lines);
  for (const entry of value as readonly unknown[]) {
    if (!isBlock(entry)) {
      lines.push(`${indent}- ${scalar(entry)}`);
      continue;
    }
    const first = lines.length;
    writeBlock(entry, `${indent}  `, lines);
    lines[first] = `${indent}- ${lines[first]?.slice(indent.length + 2)}`;
  }
}

/** Words that are text to every reader of YAML, of version 1.1 too. */
const PLAIN = /^[A-Za-z][A-Za-z0-9@._-]*(?: [A-Za-z][A-Za-z0-9@._-]*)*$/;
const RESERVED = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

/** What JSON leaves as it is and YAML does not print. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (PLAIN.test(value) && !RESERVED.test(value)) return value;
  return JSON.stringify(value).replace(UNPRINTABLE, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
