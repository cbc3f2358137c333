import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseMessage, type SipRequest } from '@unisono/sip';
import { bindingKey, DEFAULT_EXPIRY, MAX_CONTACTS_PER_REQUEST, readRegister, sameContact } from './registration.ts';

function register(...headers: string[]): SipRequest {
  const lines = [
    'REGISTER sip:example.com SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
    'From: <sip:anna@example.com>;tag=1',
    'To: <sip:anna@example.com>',
    'Call-ID: c',
    'CSeq: 1 REGISTER',
    ...headers,
    'Content-Length: 0',
    '',
    '',
  ];
  const parsed = parseMessage(Buffer.from(lines.join('\r\n')));
  assert.ok(parsed.ok && parsed.message.kind === 'request');
  return parsed.message;
}

describe('what a REGISTER asks for (RFC 3261 §10.3)', () => {
  const read = (...headers: string[]) => readRegister(register(...headers), DEFAULT_EXPIRY);

  test('without Contact it asks for the list', () => {
    assert.deepEqual(read(), { kind: 'query' });
  });

  test('Contact * with Expires 0 removes all', () => {
    assert.deepEqual(read('Contact: *', 'Expires: 0'), { kind: 'remove-all' });
  });

  test('Contact * with anything else is refused', () => {
    for (const headers of [
      ['Contact: *'],
      ['Contact: *', 'Expires: 60'],
      ['Contact: *, <sip:a@192.0.2.1>', 'Expires: 0'],
    ]) {
      const command = read(...headers);
      assert.equal(command.kind === 'refuse' && command.status, 400);
    }
  });

  const cases: readonly (readonly [why: string, headers: readonly string[], expiresSec: number])[] = [
    ['nothing asked: the default', [], DEFAULT_EXPIRY.defaultSec],
    ['Expires counts', ['Expires: 120'], 120],
    ['too long is cut', ['Expires: 999999'], DEFAULT_EXPIRY.maxSec],
    ['rubbish counts as nothing asked', ['Expires: soon'], DEFAULT_EXPIRY.defaultSec],
    ['zero removes', ['Expires: 0'], 0],
  ];
  for (const [why, headers, expiresSec] of cases) {
    test(why, () => {
      const command = read('Contact: <sip:a@192.0.2.1>', ...headers);
      assert.ok(command.kind === 'update');
      assert.deepEqual(
        command.contacts.map((contact) => contact.expiresSec),
        [expiresSec],
      );
    });
  }

  test("a contact's own expires wins over Expires", () => {
    const command = read('Contact: <sip:a@192.0.2.1>;expires=300, <sip:b@192.0.2.1>', 'Expires: 100');
    assert.ok(command.kind === 'update');
    assert.deepEqual(
      command.contacts.map((contact) => contact.expiresSec),
      [300, 100],
    );
  });

  test('too brief is refused with the shortest', () => {
    const command = read('Contact: <sip:a@192.0.2.1>', `Expires: ${DEFAULT_EXPIRY.minSec - 1}`);
    assert.deepEqual(command, {
      kind: 'refuse',
      status: 423,
      reason: 'Interval Too Brief',
      minSec: DEFAULT_EXPIRY.minSec,
    });
  });

  test('as many contacts as allowed, and one more', () => {
    const contacts = (count: number) => Array.from({ length: count }, (_, i) => `<sip:a${i}@192.0.2.1>`).join(', ');
    assert.equal(read(`Contact: ${contacts(MAX_CONTACTS_PER_REQUEST)}`).kind, 'update');
    assert.equal(read(`Contact: ${contacts(MAX_CONTACTS_PER_REQUEST + 1)}`).kind, 'refuse');
  });
});

test('a phone with an instance and a flow number is known by them, another by its URI (RFC 5626 §6)', () => {
  const key = (contact: string) => {
    const command = readRegister(register(`Contact: ${contact}`), DEFAULT_EXPIRY);
    assert.ok(command.kind === 'update');
    return bindingKey(command.contacts[0]!);
  };
  assert.equal(
    key('<sip:a@192.0.2.1>;+sip.instance="<urn:uuid:1>";reg-id=1'),
    key('<sip:a@192.0.2.9:7000>;+sip.instance="<urn:uuid:1>";reg-id=1'),
  );
  assert.notEqual(key('<sip:a@192.0.2.1>;+sip.instance="<urn:uuid:1>";reg-id=1'), key('<sip:a@192.0.2.1>;reg-id=1'));
});

test('contacts are compared as URIs are (RFC 3261 §19.1.4)', () => {
  assert.ok(sameContact('sip:a@Example.com', 'sip:a@example.com'));
  assert.ok(!sameContact('sip:a@example.com', 'sip:A@example.com'));
  assert.ok(!sameContact('sip:a@example.com;transport=tcp', 'sip:a@example.com'));
});
