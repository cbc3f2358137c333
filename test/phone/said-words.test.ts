/** What the phone system says is said in the user's language: every refusal has a code at the client, every code has words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REFUSALS } from '@unisono/pbx';
import { saidOf } from '@unisono/phone';
import { SAID_WORDS } from '../../apps/phone/src/words/said.ts';

for (const [code, { text }] of Object.entries(REFUSALS))
  test(`${code}: “${text}”`, () => {
    assert.equal(saidOf(text), code);
    const words: readonly string[] | undefined = SAID_WORDS[`said.${code}` as keyof typeof SAID_WORDS];
    assert.equal(words?.length, 2);
    assert.notEqual(words?.[0], words?.[1]);
  });

test('somebody else’s words have no code', () => {
  for (const text of [undefined, '', 'toString', 'Number not in service']) assert.equal(saidOf(text), undefined);
});
