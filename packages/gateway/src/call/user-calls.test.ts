import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserCalls } from './user-calls.ts';

test('a call counts once for a station, however often it is there', () => {
  const calls = new UserCalls();
  const call = {};
  calls.enter('4020', call);
  calls.enter('4020', call);
  assert.equal(calls.count('4020'), 1);
});

test('a call that was forwarded to its own caller and away again is still a call of the caller', () => {
  const calls = new UserCalls();
  const call = {};
  calls.enter('4020', call);
  calls.enter('4020', call);
  calls.leave('4020', call);
  assert.equal(calls.count('4020'), 1);
  calls.leave('4020', call);
  assert.equal(calls.count('4020'), 0);
  assert.equal(calls.busyStations, 0);
});

test('a call is not counted against itself', () => {
  const calls = new UserCalls();
  const [one, other] = [{}, {}];
  calls.enter('4020', one);
  calls.enter('4020', other);
  assert.equal(calls.count('4020', one), 1);
  assert.equal(calls.count('4021', one), 0);
});

test('leaving what was never entered does nothing', () => {
  const calls = new UserCalls();
  calls.leave('4020', {});
  assert.equal(calls.count('4020'), 0);
});
