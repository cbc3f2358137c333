/** How long one comma in a dial string waits. */
export const PAUSE_SEC = 2;

/** Digits sent after the answer, as telephone events (RFC 4733). */
export interface PostDial {
  /** Silence before the digits: `PAUSE_SEC` for each comma. */
  readonly pauseSec: number;
  readonly digits: string;
}

/** Splits `+4989123,,4711#` into what is called and what is sent after the answer. */
export function splitDialString(text: string): { readonly number: string; readonly postDial: readonly PostDial[] } {
  const comma = text.indexOf(',');
  if (comma < 0) return { number: text, postDial: [] };
  const postDial: PostDial[] = [];
  let pauseSec = PAUSE_SEC;
  for (const part of text.slice(comma + 1).split(',')) {
    const digits = part.replace(/[^0-9*#A-D]/g, '');
    if (digits !== '') {
      postDial.push({ pauseSec, digits });
      pauseSec = 0;
    }
    pauseSec += PAUSE_SEC;
  }
  return { number: text.slice(0, comma), postDial };
}
