/** Shows messages to a check, and says what it must say of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoSystem } from '@unisono/pbx';
import { parseMessage, SeededRandom } from '@unisono/sip';
import { CallBook } from '../call-book.ts';
import { simulatedCompany } from '../company.ts';
import { Directory } from '../directory.ts';
import { MemorySystem } from '../stores.ts';
import type { WireMessage } from '../wire.ts';
import type { Check, CheckContext } from './check.ts';

export const [ANNA_DESK, ANNA_CLIENT, BEN_DESK] = ['10.0.0.20', '10.0.0.30', '10.0.0.21'];
export const system = new MemorySystem(simulatedCompany(demoSystem({ random: new SeededRandom(1) })));

export function directory(): Directory {
  const made = new Directory(() => system.current());
  made.addPhone(ANNA_DESK, '4020');
  made.addPhone(ANNA_CLIENT, 'anna-clients');
  made.addPhone(BEN_DESK, '4021');
  return made;
}

export interface Step {
  readonly way: 'in' | 'out';
  readonly peer: string;
  readonly atMs?: number;
  readonly text: string;
}

export interface Parts {
  readonly callId?: string;
  readonly branch?: string;
  readonly cseq?: string;
  readonly from?: string;
  readonly to?: string;
  readonly more?: readonly string[];
  readonly body?: string;
}

/** A message as text; `start` is its first line. */
export function sip(start: string, parts: Parts = {}): string {
  const method = start.startsWith('SIP/2.0') ? 'INVITE' : start.split(' ')[0];
  const body = parts.body ?? '';
  return [
    start,
    `Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK${parts.branch ?? 'one'}`,
    ...(start.startsWith('SIP/2.0') ? [] : ['Max-Forwards: 70']),
    `From: ${parts.from ?? '<sip:4021@x>;tag=f'}`,
    `To: ${parts.to ?? (start.startsWith('INVITE') ? '<sip:4020@x>' : '<sip:4020@x>;tag=t')}`,
    `Call-ID: ${parts.callId ?? 'call'}`,
    `CSeq: ${parts.cseq ?? `1 ${method}`}`,
    'Contact: <sip:someone@10.0.0.9>',
    ...(parts.more ?? []),
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

export function sdp(media: string, version = 1, session = '7'): string {
  const [address, port] = media.split(':');
  return `v=0\r\no=- ${session} ${version} IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 8\r\n`;
}

export function incoming(peer: string, text: string, atMs?: number): Step {
  return { way: 'in', peer, text, ...(atMs === undefined ? {} : { atMs }) };
}

export function outgoing(peer: string, text: string, atMs?: number): Step {
  return { way: 'out', peer, text, ...(atMs === undefined ? {} : { atMs }) };
}

/** Shows the steps to a check and gives back what it says. */
export function judge(create: (context: CheckContext) => Check, steps: readonly Step[], restMs = 100_000): string[] {
  const problems: string[] = [];
  const book = new CallBook(directory());
  const expectations = { deliveryMs: 1_000, troubledUntilMs: () => -1 };
  const check = create({ book, expectations, report: (problem) => problems.push(problem) });
  let nowMs = 0;
  steps.forEach(({ way, peer, atMs, text }, index) => {
    const bytes = Buffer.from(text, 'latin1');
    const parsed = parseMessage(bytes);
    if (!parsed.ok) throw new Error(`${parsed.reason}: ${text}`);
    if ((atMs ?? nowMs) > nowMs) check.onTickEnd?.();
    nowMs = Math.max(nowMs, atMs ?? nowMs);
    const wire: WireMessage = {
      number: index + 1,
      atMs: nowMs,
      direction: way,
      transport: 'udp',
      peer,
      port: 5060,
      message: parsed.message,
      bytes,
    };
    book.onWire(wire);
    check.onWire?.(wire);
  });
  check.onTickEnd?.();
  check.atRest?.(nowMs + restMs);
  return problems;
}

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  /** What it must say; absent: nothing. */
  readonly says?: RegExp;
}

export function cases(check: (context: CheckContext) => Check, all: readonly Case[]): void {
  for (const { name, steps, says } of all) {
    test(name, () => {
      const problems = judge(check, steps);
      if (says) assert.match(problems.join('\n'), says);
      else assert.deepEqual(problems, []);
    });
  }
}
