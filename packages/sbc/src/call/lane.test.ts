import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lane } from './lane.ts';

function later() {
  let resolve = () => {};
  let reject = (_error: Error) => {};
  const promise = new Promise<void>((done, fail) => {
    resolve = done;
    reject = fail;
  });
  return { promise, resolve, reject };
}

const never = (error: unknown) => assert.fail(String(error));
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('steps that wait for nothing are done at once', () => {
  const done: string[] = [];
  const lane = new Lane(never);
  for (const name of ['a', 'b']) lane.run(() => void done.push(name));
  assert.deepEqual(done, ['a', 'b']);
  assert.equal(lane.isBusy, false);
});

test('a step waits for the one before it, and those that need not wait follow in order', async () => {
  const done: string[] = [];
  const lane = new Lane(never);
  const [first, second] = [later(), later()];
  lane.run(() => first.promise.then(() => void done.push('first')));
  lane.run(() => void done.push('sync'));
  lane.run(() => second.promise.then(() => void done.push('second')));
  lane.run(() => void done.push('last'));
  second.resolve();
  await settled();
  assert.deepEqual(done, []);
  first.resolve();
  await settled();
  assert.deepEqual(done, ['first', 'sync', 'second', 'last']);
});

test('a step that fails is told, and the next one begins', async () => {
  const errors: unknown[] = [];
  const done: string[] = [];
  const lane = new Lane((error) => errors.push(error));
  const failing = later();
  lane.run(() => failing.promise);
  lane.run(() => void done.push('next'));
  failing.reject(new Error('engine bug'));
  await settled();
  assert.equal(errors.length, 1);
  assert.deepEqual(done, ['next']);
});
