import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeaderList, SipRequest } from '@unisono/sip';
import { Seal } from '../token/seal.ts';
import { Tokens } from '../token/tokens.ts';
import { hideCallIds, restoreCallIds } from './call-ids.ts';

const tokens = new Tokens(new Seal(Buffer.alloc(32, 1)));
const INSIDE = '1-7@10.0.0.77';
const TOKEN = tokens.writeCallId(INSIDE);
const hide = (callId: string) => (callId.includes('@10.') ? tokens.writeCallId(callId) : callId);

function request(fields: readonly (readonly [string, string])[], body = ''): SipRequest {
  const headers = new HeaderList();
  for (const [name, value] of fields) headers.append(name, value);
  return new SipRequest('NOTIFY', 'sip:a@b', headers, Buffer.from(body));
}

describe('Call-IDs with an address of the inside', () => {
  for (const name of ['Replaces', 'Join', 'Target-Dialog']) {
    test(`${name}: a token outside, itself inside again; parameters and others stay`, () => {
      const message = request([
        [name, `${INSIDE};to-tag=a;from-tag=b`],
        [name, 'other;to-tag=c;from-tag=d'],
      ]);
      hideCallIds(message, hide);
      assert.deepEqual(message.headers.all(name), [`${TOKEN};to-tag=a;from-tag=b`, 'other;to-tag=c;from-tag=d']);
      restoreCallIds(message, { tokens });
      assert.deepEqual(message.headers.all(name), [`${INSIDE};to-tag=a;from-tag=b`, 'other;to-tag=c;from-tag=d']);
    });
  }

  test('in a document of dialogs, where it may be written with entities', () => {
    const document = (callId: string) =>
      `<dialog id="d1" call-id="${callId}" local-tag="x"><state>early</state></dialog>`;
    const odd = '"1&7"@10.0.0.77';
    const message = request(
      [['Content-Type', 'application/dialog-info+xml']],
      `${document(INSIDE)}${document('&quot;1&amp;7&quot;@10.0.0.77')}${document('a&amp;b')}`,
    );
    hideCallIds(message, hide);
    assert.equal(
      message.body.toString(),
      `${document(TOKEN)}${document(tokens.writeCallId(odd))}${document('a&amp;b')}`,
    );
  });

  test('where a client sends somebody else to take over a call', () => {
    const reference = (callId: string) =>
      `<sip:4021@office.example?Replaces=${encodeURIComponent(`${callId};to-tag=a;from-tag=b`)}>`;
    const message = request([['Refer-To', reference(TOKEN)]]);
    restoreCallIds(message, { tokens });
    assert.equal(decodeURIComponent(message.headers.get('Refer-To') ?? ''), decodeURIComponent(reference(INSIDE)));
  });

  test('what is no token of ours stays as it is', () => {
    const fields = [
      ['Replaces', 'x;to-tag=a;from-tag=b'],
      ['Refer-To', '<sip:4021@office.example?Replaces=x%3Bto-tag%3Da>'],
    ] as const;
    const message = request(fields);
    restoreCallIds(message, { tokens });
    assert.deepEqual(
      fields.map(([name]) => message.headers.get(name)),
      fields.map(([, value]) => value),
    );
  });
});
