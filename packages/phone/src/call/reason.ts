/** One value of a Reason header field (RFC 3326). */
export interface Reason {
  /** `SIP`, `Q.850`, in upper case. */
  readonly protocol: string;
  readonly cause: number | undefined;
  readonly text: string | undefined;
  /** Our phone system's own parameter: `desk` or `client`. */
  readonly answeredOn: string | undefined;
}

/** Reads values of Reason header fields; several may stand in one, apart by commas outside of quotes. */
export function readReasons(values: readonly string[]): Reason[] {
  return values
    .flatMap((value) => splitOutsideQuotes(value, ','))
    .flatMap((one) => {
      const [protocol = '', ...parameters] = splitOutsideQuotes(one, ';').map((part) => part.trim());
      if (protocol === '') return [];
      return [{ protocol: protocol.toUpperCase(), ...readParameters(parameters) }];
    });
}

function readParameters(parameters: readonly string[]): Omit<Reason, 'protocol'> {
  let cause: number | undefined;
  let text: string | undefined;
  let answeredOn: string | undefined;
  for (const parameter of parameters) {
    const at = parameter.indexOf('=');
    const name = parameter.slice(0, at).trim().toLowerCase();
    const value = parameter.slice(at + 1).trim();
    if (name === 'cause' && /^\d{1,4}$/.test(value)) cause = Number(value);
    if (name === 'text') text = unquoted(value);
    if (name === 'answered-on' && value !== '') answeredOn = unquoted(value);
  }
  return { cause, text, answeredOn };
}

/** Parts apart by a sign that stands outside of quoted strings and angle brackets. */
export function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let isQuoted = false;
  let depth = 0;
  let begin = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (isQuoted && sign === '\\') at++;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (!isQuoted && sign === '<') depth++;
    else if (!isQuoted && sign === '>') depth = Math.max(0, depth - 1);
    else if (!isQuoted && depth === 0 && sign === separator) {
      parts.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  parts.push(text.slice(begin));
  return parts.filter((part) => part.trim() !== '');
}

export function unquoted(text: string): string {
  const inner = /^"(.*)"$/s.exec(text)?.[1];
  return inner === undefined ? text : inner.replace(/\\(.)/g, '$1');
}
