import type { SipMessage } from '@unisono/sip';
import type { Check, CheckContext } from './check.ts';
import { describe } from './message-form.ts';

interface Shown {
  readonly origin: string;
  readonly version: bigint;
  readonly rest: string;
}

/** To a phone all descriptions of one dialog are one session: `o=` stays, its version counts up by one with each change (RFC 3264 §8). */
export function oneSession({ report }: CheckContext): Check {
  const dialogs = new Map<string, Shown>();
  return {
    name: 'one session',
    onWire(wire) {
      const { message, direction } = wire;
      if (direction === 'in' || message.body.length === 0 || !isSdp(message)) return;
      const key = `${message.callId} ${ownTag(message)}`;
      const shown = readShown(message.body.toString('latin1'));
      if (!shown) return report(`no o= line: ${describe(wire)}`);
      const problem = problemBetween(dialogs.get(key), shown);
      if (problem) report(`${problem}: ${describe(wire)}`);
      dialogs.set(key, shown);
    },
    onDeath: () => dialogs.clear(),
    atEnd: () => dialogs.clear(),
  };
}

function isSdp(message: SipMessage): boolean {
  return message.headers.get('Content-Type')?.toLowerCase().startsWith('application/sdp') ?? false;
}

function ownTag(message: SipMessage): string | undefined {
  return message.kind === 'request' ? message.from.tag : message.to.tag;
}

function readShown(sdp: string): Shown | undefined {
  const line = /^o=(\S+) (\d+) (\d+) (.+)\r?$/m.exec(sdp);
  if (!line) return undefined;
  const [whole, user, session, version = '0', address] = line;
  return { origin: `${user} ${session} ${address}`, version: BigInt(version), rest: sdp.replace(whole, '') };
}

function problemBetween(before: Shown | undefined, now: Shown): string | undefined {
  if (!before) return undefined;
  if (before.origin !== now.origin) return `o= was "${before.origin}" and is "${now.origin}"`;
  const expected = before.rest === now.rest ? before.version : before.version + 1n;
  if (now.version === expected) return undefined;
  return `the version in o= is ${now.version} after ${before.version}, ${expected} was due`;
}
