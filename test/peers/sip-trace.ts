/** Takes the SIP messages out of what baresip prints when it runs with `-s`. */

export interface TracedMessage {
  readonly transport: string;
  /** address:port */
  readonly from: string;
  readonly to: string;
  /** The whole message, lines ended by a single newline. */
  readonly text: string;
}

const TRACED = /#\n(UDP|TCP|TLS) (\S+) -> (\S+)\n([\s\S]*?)(?=\u001b\[;m|$)/g;

export function parseBaresipTrace(output: string): TracedMessage[] {
  return Array.from(output.replaceAll('\r', '').matchAll(TRACED), ([, transport, from, to, text]) => ({
    transport: transport ?? '',
    from: from ?? '',
    to: to ?? '',
    text: text ?? '',
  }));
}

/** The value of the first header of that name in a message as text; undefined when it has none. */
export function headerOf(message: string, name: string): string | undefined {
  const head = message.replaceAll('\r', '').split('\n\n', 1)[0] ?? '';
  const line = head.split('\n').find((text) => text.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim();
}
