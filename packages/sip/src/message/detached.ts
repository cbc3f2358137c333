const scratch = Buffer.allocUnsafeSlow(1_024);

/** V8 makes slices of texts as long as this at least; shorter ones are copies already. */
const SHORTEST_SLICE = 13;

/**
 * A copy of a text that was cut out of a message or put together from such. V8 keeps the whole message in memory for as long
 * as a slice of it lives, and what a dialog remembers lives as long as the call.
 */
export function detached(text: string): string {
  const { length } = text;
  if (length < SHORTEST_SLICE) return text;
  if (length > scratch.length) return Buffer.from(text, 'latin1').toString('latin1');
  scratch.write(text, 0, length, 'latin1');
  return scratch.toString('latin1', 0, length);
}
