import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSystem, demoSystem } from '@unisono/pbx';
import { HeaderList, SipRequest } from '@unisono/sip';
import { isEmergencyRequest } from './emergency.ts';

const demo = demoSystem({ random: { int: () => 0 } });
const system = compileSystem({ ...demo, numbering: { ...demo.numbering, outsideLinePrefix: '0' } });

const CASES: [method: string, uri: string, isEmergency: boolean][] = [
  ['INVITE', 'sip:112@example.com', true],
  ['INVITE', 'sip:0112@example.com', true],
  ['INVITE', 'sip:%3112@example.com', true],
  ['INVITE', 'tel:110', true],
  ['INVITE', 'urn:service:sos', true],
  ['INVITE', 'urn:service:sos.fire', true],
  ['INVITE', 'urn:service:counseling', false],
  ['INVITE', 'sip:1120@example.com', false],
  ['INVITE', 'sip:example.com', false],
  ['OPTIONS', 'sip:112@example.com', false],
];
for (const [method, uri, isEmergency] of CASES) {
  test(`${method} ${uri} is ${isEmergency ? 'an' : 'no'} emergency call`, () =>
    assert.equal(isEmergencyRequest(new SipRequest(method, uri, new HeaderList()), system), isEmergency));
}
