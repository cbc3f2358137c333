import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isToken } from '@unisono/sip';
import { Seal } from './seal.ts';
import { type ClientToken, type PeerToken, Tokens } from './tokens.ts';

const seal = new Seal(Buffer.alloc(32, 7));
const tokens = new Tokens(seal);

const CLIENT: ClientToken = { name: 'f00', registration: 'abc', call: 'c1' };
const PEER: PeerToken = {
  contact: 'sip:anna@10.0.0.1:5060;transport=tcp',
  routes: ['<sip:p1@10.0.0.7;lr>', '<sip:p2@10.0.0.8;lr>'],
  gateway: { transport: 'tcp', address: '2001:db8::1', port: 5060 },
  call: 'c1',
  client: { name: 'f00', registration: '' },
};

describe('the seal', () => {
  test('what was sealed is opened again, whatever octets it holds', () => {
    for (const text of ['', 'a', 'sip:ä@x\x1f\x00\xff', 'x'.repeat(900)]) {
      assert.equal(seal.open('p', seal.seal('p', text)), text);
    }
  });

  test('the same text makes the same token, another text or purpose another one', () => {
    assert.equal(seal.seal('p', 'text'), seal.seal('p', 'text'));
    assert.notEqual(seal.seal('p', 'text'), seal.seal('p', 'texT'));
    assert.notEqual(seal.seal('p', 'text'), seal.seal('q', 'text'));
  });

  test('a token that is not remembered any more is made the same again', () => {
    const first = seal.seal('p', 'text');
    for (let other = 0; other < 10_000; other++) seal.seal('p', String(other));
    assert.equal(seal.seal('p', 'text'), first);
    assert.equal(seal.open('p', first), 'text');
  });

  test('a token shows nothing of its text and may stand in the user part of a URI', () => {
    const token = seal.seal('p', 'sip:anna@10.0.0.1');
    assert.ok(isToken(token));
    assert.ok(!Buffer.from(token, 'base64url').includes('10.0.0.1'));
  });

  test('every changed octet is noticed', () => {
    const octets = Buffer.from(seal.seal('p', 'some text'), 'base64url');
    for (let i = 0; i < octets.length; i++) {
      const changed = Buffer.from(octets);
      changed[i] = (changed[i] as number) ^ 1;
      assert.equal(seal.open('p', changed.toString('base64url')), undefined, `octet ${i}`);
    }
  });

  const FOREIGN: [name: string, token: string][] = [
    ['nothing', ''],
    ['a user name', 'anna'],
    ['octets that are too few', seal.seal('p', '').slice(0, 30)],
    ['the token of another purpose', seal.seal('q', 'text')],
    ['the token of another key', new Seal(Buffer.alloc(32, 8)).seal('p', 'text')],
    ['more than we ever write', seal.seal('p', 'x'.repeat(5_000))],
    ['signs that stand in no token', `${seal.seal('p', 'text')}=`],
  ];
  for (const [name, token] of FOREIGN) {
    test(`opens no ${name}`, () => assert.equal(seal.open('p', token), undefined));
  }

  test('a short secret is refused', () => assert.throws(() => new Seal(Buffer.alloc(31)), RangeError));
});

describe('tokens', () => {
  test('say again what was written', () => {
    assert.deepEqual(tokens.readClient(tokens.writeClient(CLIENT)), CLIENT);
    assert.deepEqual(tokens.readPeer(tokens.writePeer(PEER)), PEER);
    assert.deepEqual(tokens.readPeer(tokens.writePeer({ ...PEER, routes: [] }))?.routes, []);
  });

  test('one kind is not taken for the other', () => {
    assert.equal(tokens.readPeer(tokens.writeClient(CLIENT)), undefined);
    assert.equal(tokens.readClient(tokens.writePeer(PEER)), undefined);
  });
});
