import type { HeaderList } from '../headers.ts';
import { parseDecimal } from '../octets.ts';
import { decodeUtf8, encodeUtf8, endOfQuoted, quote, unquote } from '../text.ts';
import { parseElements } from './value.ts';

/** What went wrong, told by whom (RFC 3261 §20.43). */
export interface Warning {
  /** 300–399. */
  readonly code: number;
  readonly agent: string;
  /** For people. */
  readonly text: string;
}

/** All warnings; malformed ones are left out, as they only inform. */
export function parseWarnings(headers: HeaderList): Warning[] {
  const warnings = parseElements(headers, 'Warning', (element) => parseWarning(element) ?? null) ?? [];
  return warnings.filter((warning) => warning !== null);
}

export function parseWarning(text: string): Warning | undefined {
  const [codeText = '', agent = ''] = text.split(' ', 2);
  const code = codeText.length === 3 ? parseDecimal(codeText, 999) : undefined;
  const open = codeText.length + agent.length + 2;
  if (code === undefined || agent === '' || text.charCodeAt(open) !== 0x22) return undefined;
  if (endOfQuoted(text, open) !== text.length - 1) return undefined;
  return { code, agent, text: decodeUtf8(unquote(text.slice(open))) };
}

export function printWarning(warning: Warning): string {
  return `${warning.code} ${warning.agent} ${quote(encodeUtf8(warning.text))}`;
}
