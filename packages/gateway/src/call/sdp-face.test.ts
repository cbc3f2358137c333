import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@unisono/sip';
import { SdpFace } from './sdp-face.ts';

const LINES = [
  'v=0',
  'o=anna-clients 7 3 IN IP4 192.0.2.1',
  's=Anna at anna-clients',
  'i=anna-clients',
  'u=http://example.com/anna-clients',
  'e=anna-clients@example.com',
  'p=+49 8020',
  'c=IN IP4 192.0.2.1',
  't=0 0',
  'm=audio 4000 RTP/AVP 0',
  'i=the phone of anna-clients',
  'a=ssrc:17 cname:sip:anna-clients@192.0.2.1',
  'a=sendrecv',
  '',
];

function description(...change: [from: string, to: string][]) {
  const text = change.reduce((body, [from, to]) => body.replace(from, to), LINES.join('\r\n'));
  return { type: 'application/sdp', bytes: Buffer.from(text) };
}

test('nothing in a description that a phone sees names the account behind it', () => {
  const face = new SdpFace(new SeededRandom(1));
  const shown = face.present(description())?.bytes.toString() ?? '';
  const id = /^o=- (\d+) 1 IN IP4 192\.0\.2\.1\r$/m.exec(shown)?.[1];
  assert.deepEqual(shown.split('\r\n'), [
    'v=0',
    `o=- ${id} 1 IN IP4 192.0.2.1`,
    's=-',
    'c=IN IP4 192.0.2.1',
    't=0 0',
    'm=audio 4000 RTP/AVP 0',
    `a=ssrc:17 cname:${id}`,
    'a=sendrecv',
    '',
  ]);
});

test('a description in which only such names differ is no change', () => {
  const face = new SdpFace(new SeededRandom(1));
  const first = face.present(description());
  const renamed = description(['cname:sip:anna-clients', 'cname:sip:somebody'], ['s=Anna', 's=Ben']);
  assert.equal(face.wouldChange(renamed), false);
  assert.deepEqual(face.present(renamed), first);
  assert.equal(face.wouldChange(description(['4000', '4002'])), true);
});

test('a description without names stays as it is, but for its origin', () => {
  const face = new SdpFace(new SeededRandom(1));
  const body = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=cname-less\r\n';
  const shown = face.present({ type: 'application/sdp', bytes: Buffer.from(body) });
  assert.equal(shown?.bytes.toString().replace(/^o=.*$/m, ''), body.replace(/^o=.*$/m, ''));
});
