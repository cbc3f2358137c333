import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PROBLEM_CODES, PROBLEMS, problem, problemOf } from './problem.ts';

describe('problems', () => {
  for (const code of PROBLEM_CODES) {
    it(`${code} says what happened and what to do`, () => {
      const [status, title, action] = PROBLEMS[code];
      assert.ok(status >= 400 && status <= 599);
      for (const text of [title, action]) assert.match(text, /^[A-Z].*\.$/);
      assert.doesNotThrow(() => problem.parse(problemOf(code)));
    });
  }

  it('say more where there is more to say', () => {
    const said = problemOf('tooManyRequests', 'Six wrong passwords came.', { retryAfterSec: 30 });
    assert.deepEqual([said.status, said.detail, said.retryAfterSec], [429, 'Six wrong passwords came.', 30]);
  });
});
