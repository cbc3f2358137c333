/**
 * A copy of a text that was cut out of a message. V8 keeps the whole message in memory for as long as a slice of it
 * lives, and what a dialog remembers lives as long as the call.
 */
export function detached(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
