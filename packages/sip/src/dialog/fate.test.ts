import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Fate, fateOf } from './fate.ts';

describe('what a response takes with it (RFC 5057 §5.1)', () => {
  const cases: readonly [method: string, statuses: readonly number[], fate: Fate][] = [
    ['INVITE', [200, 302, 400, 401, 403, 405, 406, 407, 415, 420, 422, 423, 480, 483, 486, 487, 488, 489, 491], 'none'],
    ['INVITE', [500, 501, 503, 504, 505, 513, 600, 603, 606], 'none'],
    ['INVITE', [408, 481], 'usage'],
    ['INVITE', [404, 410, 416, 482, 484, 485, 502, 604], 'dialog'],
    ['UPDATE', [404, 410, 416, 482, 484, 485, 502, 604], 'dialog'],
    ['NOTIFY', [405, 408, 480, 481, 489, 501], 'usage'],
    ['SUBSCRIBE', [405, 408, 480, 481, 489, 501], 'usage'],
    ['NOTIFY', [404, 410, 604], 'dialog'],
    // Whom to refer to, whom to write to, what to press: these say nothing about the dialog.
    ['REFER', [404, 484, 485, 501, 502, 604], 'none'],
    ['MESSAGE', [404, 405, 410, 604], 'none'],
    ['INFO', [404, 405, 501], 'none'],
    ['INFO', [408, 481], 'usage'],
    // Nothing came at all, but not for want of an answer.
    ['INFO', [0], 'none'],
  ];
  for (const [method, statuses, fate] of cases) {
    test(`${method} ${statuses.join(' ')}: ${fate}`, () => {
      for (const status of statuses) assert.equal(fateOf(method, status), fate, `${status}`);
    });
  }
});
