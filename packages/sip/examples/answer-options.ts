// Reads a datagram, holds the request against what we understand, prints the answer. No socket, no clock.
import {
  answerableFailure,
  checkRequest,
  makeResponse,
  parseMessage,
  printMessage,
  type RequestPolicy,
} from '@unisono/sip';

const POLICY: RequestPolicy = {
  methods: new Set(['OPTIONS', 'ACK', 'CANCEL']),
  extensions: new Set(),
  mediaTypes: new Set(),
  schemes: new Set(),
  passedOn: new Set(),
};

export function answer(datagram: Buffer, toTag: string): Buffer | undefined {
  const read = parseMessage(datagram);
  if (!read.ok) {
    const refusal = answerableFailure(read, toTag);
    return refusal && printMessage(refusal);
  }
  if (read.message.kind === 'response' || read.message.method === 'ACK') return undefined;
  const refusal = checkRequest(read.message, POLICY);
  return printMessage(makeResponse(read.message, refusal?.status ?? 200, { ...refusal, toTag }));
}

const OPTIONS = [
  'OPTIONS sip:pbx.example.com SIP/2.0',
  'v: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK776asdhds',
  'f: "Alice" <sip:alice@example.com>;tag=1928301774',
  't: <sip:pbx.example.com>',
  'i: a84b4c76e66710',
  'CSeq: 1 OPTIONS',
];
console.log(answer(Buffer.from(`${OPTIONS.join('\r\n')}\r\n\r\n`), 'a6c85cf')?.toString());
console.log(answer(Buffer.from(`${OPTIONS.join('\r\n')}\r\nRequire: telepathy\r\n\r\n`), 'a6c85cf')?.toString());
