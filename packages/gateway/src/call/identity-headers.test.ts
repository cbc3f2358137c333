import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sipReason } from './identity-headers.ts';

const REASONS: [string, string][] = [
  ['No answer', 'SIP;cause=480;text="No answer"'],
  ['User "ben" has none', 'SIP;cause=480;text="User \\"ben\\" has none"'],
  ['a \\ b', 'SIP;cause=480;text="a \\\\ b"'],
];
for (const [text, header] of REASONS) {
  test(`Reason with the text ${text} (RFC 3326)`, () => assert.equal(sipReason(480, text), header));
}
