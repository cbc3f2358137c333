/**
 * Messages per second that are parsed, read as a B2BUA reads them, and printed, on one core.
 *
 *     node packages/sip/bench/parse.bench.ts [--batches 100] [--json]
 */
import { parseArgs } from 'node:util';
import { parseMessage, printMessage, type SipMessage } from '../src/index.ts';

const crlf = (lines: string[], body = '') => Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);

const SDP =
  'v=0\r\no=alice 2890844526 2890844526 IN IP4 192.0.2.4\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\n' +
  'm=audio 49170 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n' +
  'a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n';

const MESSAGES: Record<string, Buffer> = {
  INVITE: crlf(
    [
      'INVITE sip:4021@192.0.2.10:5060 SIP/2.0',
      'Via: SIP/2.0/UDP 192.0.2.4:5062;branch=z9hG4bK1d32hash4;rport',
      'Max-Forwards: 70',
      'From: "Alice Liddell" <sip:4020@192.0.2.10>;tag=88sja8x',
      'To: <sip:4021@192.0.2.10>',
      'Call-ID: 987asjd97y7atg@192.0.2.4',
      'CSeq: 986759 INVITE',
      'Contact: <sip:4020@192.0.2.4:5062>',
      'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE',
      'Supported: replaces, timer',
      'User-Agent: phone/1.0',
      'Content-Type: application/sdp',
      `Content-Length: ${SDP.length}`,
    ],
    SDP,
  ),
  REGISTER: crlf([
    'REGISTER sip:192.0.2.10 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.4:5062;branch=z9hG4bK-d8754z-1;rport',
    'Max-Forwards: 70',
    'From: <sip:4020@192.0.2.10>;tag=3a8c',
    'To: <sip:4020@192.0.2.10>',
    'Call-ID: ZWMxNjk3ODQ0MzU',
    'CSeq: 2 REGISTER',
    'Contact: <sip:4020@192.0.2.4:5062;rinstance=cb9>',
    'Expires: 3600',
    'Authorization: Digest username="4020", realm="192.0.2.10", nonce="01a20363f7e0cde475207a1733effdab285f9f00167ad91b29d8de175c5d",' +
      ' uri="sip:192.0.2.10", response="d0ba65e6f6b1dc76555cb088fc6d19fa", algorithm=MD5, cnonce="3b1cba6e", qop=auth, nc=00000001',
    'User-Agent: phone/1.0',
    'Content-Length: 0',
  ]),
  '200 OK': crlf(
    [
      'SIP/2.0 200 OK',
      'Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK77ef4c;received=192.0.2.10',
      'From: "Alice Liddell" <sip:4020@192.0.2.10>;tag=1928301774',
      'To: <sip:4021@192.0.2.10>;tag=a6c85cf',
      'Call-ID: a84b4c76e66710',
      'CSeq: 1 INVITE',
      'Contact: <sip:4021@192.0.2.5:5060>',
      'Content-Type: application/sdp',
      `Content-Length: ${SDP.length}`,
    ],
    SDP,
  ),
};

function parsed(bytes: Buffer): SipMessage {
  const result = parseMessage(bytes);
  if (!result.ok) throw new Error(result.reason);
  return result.message;
}

/** What transactions, dialogs and call control look at in every message. */
function readTypically(message: SipMessage): number {
  const { via, from, to, callId, cseq, headers } = message;
  let sum = (via.branch?.length ?? 0) + via.host.length + callId.length + cseq.sequence;
  sum += (from.tag?.length ?? 0) + (to.tag?.length ?? 0);
  sum += headers.get('Max-Forwards')?.length ?? 0;
  sum += message.contact?.uriText.length ?? 0;
  if (message.kind === 'request') sum += message.uri?.scheme.length ?? 0;
  if (headers.has('Require')) sum++;
  if (headers.hasToken('Supported', 'timer')) sum++;
  return sum;
}

const WORK: Record<string, (bytes: Buffer, message: SipMessage) => unknown> = {
  parse: (bytes) => parsed(bytes),
  'parse and read': (bytes) => readTypically(parsed(bytes)),
  print: (_bytes, message) => printMessage(message),
};

const BATCH = 2000;

/** Per second in the best and in the median of many short batches: on a shared machine the best one tells what it costs. */
function perSecond(work: () => unknown, batches: number): { readonly best: number; readonly median: number } {
  const timesMs: number[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const startMs = performance.now();
    for (let i = 0; i < BATCH; i++) work();
    timesMs.push(performance.now() - startMs);
  }
  timesMs.sort((a, b) => a - b);
  const rate = (timeMs: number | undefined) => Math.round((BATCH / (timeMs ?? Number.NaN)) * 1000);
  return { best: rate(timesMs[0]), median: rate(timesMs[batches >> 1]) };
}

const { values } = parseArgs({ options: { batches: { type: 'string', default: '100' }, json: { type: 'boolean' } } });
for (const [name, bytes] of Object.entries(MESSAGES)) {
  const message = parsed(bytes);
  for (const [workName, work] of Object.entries(WORK)) {
    const { best, median } = perSecond(() => work(bytes, message), Number(values.batches));
    const row = { bench: 'sip.message', message: name, octets: bytes.length, work: workName, best, median };
    if (values.json) console.log(JSON.stringify(row));
    else console.log(`${name.padEnd(9)} ${bytes.length} octets  ${workName.padEnd(15)} ${best}/s (median ${median})`);
  }
}
