/** Counts of an application/simple-message-summary body (RFC 3842 §3.5); undefined when it says nothing of voice messages. */
export function readMessageSummary(
  body: string,
): { readonly newMessages: number; readonly oldMessages: number } | undefined {
  const waiting = /^Messages-Waiting:\s*(yes|no)/im.exec(body)?.[1]?.toLowerCase();
  if (waiting === undefined) return undefined;
  const counts = /^Voice-Message:\s*(\d{1,9})\s*\/\s*(\d{1,9})/im.exec(body);
  if (counts === null) return { newMessages: waiting === 'yes' ? 1 : 0, oldMessages: 0 };
  return { newMessages: Number(counts[1]), oldMessages: Number(counts[2]) };
}
