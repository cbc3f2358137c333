import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { promptClip } from './prompts/library.ts';
import { textsOf } from './prompts/texts.ts';
import { namesOf } from './speaker.ts';

const NOW = new Date(2026, 10, 26, 15, 0).getTime();
const at = (day: number, hour: number, minute: number) => ({ time: new Date(2026, 10, day, hour, minute).getTime() });

describe('which prompts a saying is made of', () => {
  const cases: readonly (readonly [why: string, names: readonly string[], expected: readonly string[]])[] = [
    ['one new message', namesOf({ count: 1, of: 'new' }, NOW), ['new-1']],
    ['many saved ones', namesOf({ count: 11, of: 'saved' }, NOW), ['saved-many']],
    [
      'a number, with what is no digit left out',
      namesOf({ digits: '+49 8' }, NOW),
      ['plus', 'digit-4', 'digit-9', 'digit-8'],
    ],
    ['today', namesOf(at(26, 9, 5), NOW), ['today', 'hour-9', 'minute-5']],
    ['yesterday, a minute before midnight', namesOf(at(25, 23, 59), NOW), ['yesterday', 'hour-23', 'minute-59']],
    ['this week', namesOf(at(23, 0, 0), NOW), ['weekday-1', 'hour-0', 'minute-0']],
    ['before', namesOf(at(12, 0, 0), NOW), ['earlier', 'hour-0', 'minute-0']],
  ];
  for (const [why, names, expected] of cases) test(why, () => assert.deepEqual(names, expected));
});

for (const language of ['en', 'de'] as const) {
  test(`every text of ${language} has been spoken`, () => {
    for (const [name, text] of textsOf(language)) {
      const { durationMs } = promptClip(language, name);
      assert.ok(text === '' ? durationMs === 0 : durationMs > 100, `${name}: ${durationMs} ms`);
    }
  });
}
