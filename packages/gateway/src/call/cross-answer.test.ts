import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdpPayload } from '@unisono/sip';
import { crossAnswers } from './cross-answer.ts';

function sdp(host: string, ...media: string[]) {
  return sdpPayload(['v=0', `o=- 1 1 IN IP4 ${host}`, 's=-', `c=IN IP4 ${host}`, 't=0 0', ...media, ''].join('\r\n'));
}

const DESK = sdp('10.0.0.1', 'm=audio 4000 RTP/AVP 9 8 0 101', 'a=rtpmap:101 telephone-event/8000', 'a=sendrecv');
const BROWSER = sdp(
  '10.0.0.2',
  'm=audio 5000 RTP/AVP 111 0 8 110',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10',
  'a=rtpmap:110 telephone-event/8000',
  'm=video 5002 RTP/AVP 96',
  'a=rtpmap:96 VP8/90000',
);

function text(payload: { readonly bytes: Buffer } | undefined): string {
  return payload?.bytes.toString() ?? '';
}

test('each is answered with what the other has, in the codecs both have and its own numbers for them', () => {
  const answers = crossAnswers(DESK, BROWSER);
  assert.match(text(answers?.toOne), /c=IN IP4 10\.0\.0\.2[\s\S]*m=audio 5000 RTP\/AVP 0 8 110\r\n/);
  assert.doesNotMatch(text(answers?.toOne), /opus|fmtp|video/);
  assert.match(text(answers?.toOther), /c=IN IP4 10\.0\.0\.1[\s\S]*m=audio 4000 RTP\/AVP 8 0 101\r\n/);
  assert.match(text(answers?.toOther), /m=video 0 RTP\/AVP 96\r\n/, 'a stream for each that was offered, RFC 3264 §6');
});

const REFUSED: [string, ReturnType<typeof sdp>][] = [
  ['no codec in common', sdp('10.0.0.3', 'm=audio 6000 RTP/AVP 18')],
  ['keys in common alone', sdp('10.0.0.3', 'm=audio 6000 RTP/AVP 101', 'a=rtpmap:101 telephone-event/8000')],
  ['another profile', sdp('10.0.0.3', 'm=audio 6000 RTP/SAVP 8')],
  ['no audio', sdp('10.0.0.3', 'm=video 6000 RTP/AVP 96')],
  ['a stream that is off', sdp('10.0.0.3', 'm=audio 0 RTP/AVP 8')],
  ['no description at all', sdpPayload('hello')],
];
for (const [name, other] of REFUSED) {
  test(`nobody is answered: ${name}`, () => assert.equal(crossAnswers(DESK, other), undefined));
}

const DIRECTIONS: [offered: string, described: string, answered: string][] = [
  ['sendrecv', 'sendonly', 'sendonly'],
  ['sendonly', 'sendrecv', 'recvonly'],
  ['recvonly', 'sendrecv', 'sendonly'],
  ['sendonly', 'sendonly', 'inactive'],
  ['inactive', 'sendrecv', 'inactive'],
];
for (const [offered, described, answered] of DIRECTIONS) {
  test(`${offered} meets ${described}: ${answered}`, () => {
    const answers = crossAnswers(
      sdp('10.0.0.1', 'm=audio 4000 RTP/AVP 8', `a=${offered}`),
      sdp('10.0.0.2', 'm=audio 4000 RTP/AVP 8', `a=${described}`),
    );
    assert.match(text(answers?.toOne), new RegExp(`a=${answered}\r\n`));
  });
}
