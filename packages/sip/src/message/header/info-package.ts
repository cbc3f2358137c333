import type { HeaderList } from '../headers.ts';
import { isToken } from '../text.ts';
import { parseElements, parseParamValue } from './value.ts';

/** The package that an INFO belongs to (RFC 6086 §7.2), undefined when absent (a legacy INFO) or malformed. */
export function infoPackage(headers: HeaderList): string | undefined {
  const field = headers.get('Info-Package');
  return field === undefined ? undefined : parsePackage(field);
}

/** The packages that a peer will take (RFC 6086 §7.3); undefined when it does not say or says it badly. */
export function receivablePackages(headers: HeaderList): string[] | undefined {
  return headers.has('Recv-Info') ? parseElements(headers, 'Recv-Info', parsePackage) : undefined;
}

function parsePackage(text: string): string | undefined {
  const parts = parseParamValue(text);
  return parts && isToken(parts.value) ? parts.value : undefined;
}
