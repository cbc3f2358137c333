import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUriAccepted, type UriCheck } from './uri-match.ts';

const CASES: [string, string, string, Record<UriCheck, boolean>][] = [
  ['the same text', 'sip:a@x', 'sip:a@x', { same: true, related: true, any: true }],
  ['an escape and case', 'sip:%61@X', 'sip:a@x', { same: true, related: true, any: true }],
  ['a port written out', 'sip:x:5060', 'sip:x', { same: false, related: true, any: true }],
  ['a transport parameter', 'sip:x', 'sip:x;transport=tcp', { same: false, related: true, any: true }],
  ['sips made of sip', 'sip:a@x', 'sips:a@x', { same: false, related: true, any: true }],
  ['another user', 'sip:a@x', 'sip:b@x', { same: false, related: false, any: true }],
  ['another host', 'sip:a@x', 'sip:a@y', { same: false, related: false, any: true }],
  ['no user', 'sip:x', 'sip:a@x', { same: false, related: false, any: true }],
  ['a telephone number with separators', 'tel:+1-201', 'tel:+1201', { same: true, related: true, any: true }],
  ['another telephone number', 'tel:+1201', 'tel:+1202', { same: false, related: false, any: true }],
  ['sip and tel', 'sip:+1201@x', 'tel:+1201', { same: false, related: false, any: true }],
  ['no URI at all', '/dir/index.html', 'sip:x', { same: false, related: false, any: true }],
  ['two unknown schemes', 'urn:a:b', 'urn:a:c', { same: false, related: false, any: true }],
];

for (const [name, given, wanted, expected] of CASES) {
  test(`digest-uri and Request-URI: ${name}`, () => {
    for (const check of ['same', 'related', 'any'] as const) {
      assert.equal(isUriAccepted(given, wanted, check), expected[check], check);
    }
  });
}
