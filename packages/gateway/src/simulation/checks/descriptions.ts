import type { SipMessage } from '@unisono/sip';
import type { Check, CheckContext } from './check.ts';
import { describe } from './message-form.ts';

interface Shown {
  readonly origin: string;
  readonly version: bigint;
  readonly rest: string;
}

/** What a dialog was shown so far. */
interface Session {
  readonly origin: string;
  /** Version → everything but `o=`. */
  readonly versions: Map<bigint, string>;
  newest: bigint;
}

/**
 * To a phone all descriptions of one dialog are one session: `o=` stays, its version counts up by one with each change
 * and always means the same (RFC 3264 §8). What was agreed before an offer was rejected may be told again.
 */
export function oneSession({ report }: CheckContext): Check {
  const dialogs = new Map<string, Session>();
  return {
    name: 'one session',
    onWire(wire) {
      const { message, direction } = wire;
      if (direction === 'in' || message.body.length === 0 || !isSdp(message)) return;
      const key = `${message.callId} ${ownTag(message)}`;
      const shown = readShown(message.body.toString('latin1'));
      if (!shown) return report(`no o= line: ${describe(wire)}`);
      const session = dialogs.get(key);
      const problem = session && problemOf(session, shown);
      if (problem) report(`${problem}: ${describe(wire)}`);
      if (session) note(session, shown);
      else dialogs.set(key, begin(shown));
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

function begin({ origin, version, rest }: Shown): Session {
  return { origin, versions: new Map([[version, rest]]), newest: version };
}

function note(session: Session, { version, rest }: Shown): void {
  session.versions.set(version, rest);
  if (version > session.newest) session.newest = version;
}

function problemOf({ origin, versions, newest }: Session, shown: Shown): string | undefined {
  if (origin !== shown.origin) return `o= was "${origin}" and is "${shown.origin}"`;
  const meant = versions.get(shown.version);
  if (meant !== undefined) return meant === shown.rest ? undefined : `version ${shown.version} in o= means two things`;
  if (versions.get(newest) === shown.rest) return `version ${shown.version} in o= says the same as ${newest}`;
  return shown.version === newest + 1n ? undefined : `the version in o= jumps from ${newest} to ${shown.version}`;
}
