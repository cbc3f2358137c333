import { MAGIC_COOKIE, type SipMessage } from '@unisono/sip';
import type { WireMessage } from '../wire.ts';
import type { Check, CheckContext } from './check.ts';

const SINGLE = ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Length', 'Content-Type'] as const;

/** Every message the gateway sends is complete (RFC 3261 §8.1.1, §8.2.6, §12, §20.14). */
export function messageForm({ report }: CheckContext): Check {
  return {
    name: 'message form',
    onWire(wire) {
      if (wire.direction === 'in') return;
      for (const problem of formProblems(wire)) report(`${problem}: ${describe(wire)}`);
    },
  };
}

function* formProblems(wire: WireMessage): Generator<string> {
  const { message } = wire;
  yield* lengthProblems(wire.bytes as Buffer);
  for (const name of SINGLE) if (message.headers.all(name).length > 1) yield `${name} occurs twice`;
  if (message.body.length > 0 && !message.headers.has('Content-Type')) yield 'a body without Content-Type';
  yield* message.kind === 'request' ? requestProblems(message) : responseProblems(message);
}

function* lengthProblems(bytes: Buffer): Generator<string> {
  const end = bytes.indexOf('\r\n\r\n');
  const header = bytes.toString('latin1', 0, end);
  const length = /^(?:Content-Length|l)[ \t]*:[ \t]*(\d+)[ \t]*$/im.exec(header)?.[1];
  const octets = bytes.length - end - 4;
  if (length === undefined) yield 'no Content-Length';
  else if (Number(length) !== octets) yield `Content-Length says ${length}, the body has ${octets} octets`;
}

function* requestProblems(request: SipMessage & { kind: 'request' }): Generator<string> {
  const { branch } = request.via;
  if (!branch?.startsWith(MAGIC_COOKIE)) yield 'Via branch without the magic cookie (§8.1.1.7)';
  const hops = request.headers.get('Max-Forwards');
  if (hops === undefined || !/^\d{1,3}$/.test(hops)) yield `Max-Forwards is ${hops ?? 'missing'}`;
  if (request.from.tag === undefined) yield 'From without a tag';
  const needsContact = request.method === 'INVITE' || request.method === 'UPDATE' || request.method === 'REGISTER';
  if (needsContact && !request.headers.has('Contact')) yield 'no Contact';
  if (request.method === 'ACK' && request.headers.has('Require')) yield 'Require in an ACK (§8.2.2.3)';
}

function* responseProblems(response: SipMessage & { kind: 'response' }): Generator<string> {
  if (response.status > 100 && response.to.tag === undefined) yield 'To without a tag';
  const makesDialog = response.cseq.method === 'INVITE' && response.status > 100 && response.status < 300;
  if (makesDialog && !response.headers.has('Contact')) yield 'no Contact';
}

/** A message in one line, for whoever reads of it. */
export function describe({ message, direction, peer }: WireMessage): string {
  const what =
    message.kind === 'request'
      ? `${message.method} ${message.uriText}`
      : `${message.status} ${message.reason} (${message.cseq.method})`;
  const way = direction === 'out' ? `to ${peer}` : `from ${peer}`;
  return `${what} ${way}, CSeq ${message.cseq.sequence}, Call-ID ${message.callId}`;
}
