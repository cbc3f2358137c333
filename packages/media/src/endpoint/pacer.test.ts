import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { FRAME_MS, MAX_CATCH_UP_TICKS, Pacer } from './pacer.ts';

describe('Pacer', () => {
  function started(onError: (error: unknown) => void = (error) => assert.fail(String(error))) {
    const clock = new VirtualClock();
    const pacer = new Pacer(clock, onError);
    const ticks: [number, number][] = [];
    const member = { tick: (nowMs: number, skippedMs: number) => void ticks.push([nowMs, skippedMs]) };
    pacer.add(member);
    return { clock, pacer, ticks, member, startMs: clock.nowMs() };
  }

  it('ticks every 20 ms with one timer for all', () => {
    const { clock, pacer, ticks, startMs } = started();
    pacer.add({ tick: () => {} });
    assert.equal(clock.pending, 1);
    clock.advance(100);
    assert.deepEqual(
      ticks.map(([ms]) => ms - startMs),
      [20, 40, 60, 80, 100],
    );
    assert.equal(clock.pending, 1);
  });

  it('does not drift when timers are late', () => {
    const { clock, ticks, startMs } = started();
    for (let i = 0; i < 100; i++) {
      clock.stall(7);
      clock.advance(30);
    }
    assert.equal(ticks.length, Math.floor((clock.nowMs() - startMs) / FRAME_MS));
  });

  it('makes a short stall good at once', () => {
    const { clock, ticks } = started();
    clock.stall(100);
    clock.advance(0);
    assert.equal(ticks.length, 5);
    assert.ok(ticks.every(([, skippedMs]) => skippedMs === 0));
  });

  it('drops what a long stall leaves beyond the limit, and says how much', () => {
    const { clock, ticks } = started();
    clock.stall(1_000);
    clock.advance(0);
    assert.equal(ticks.length, MAX_CATCH_UP_TICKS);
    assert.deepEqual(
      ticks.map(([, skippedMs]) => skippedMs),
      [1_000 - MAX_CATCH_UP_TICKS * FRAME_MS, 0, 0, 0, 0],
    );
  });

  it('runs no timer without members', () => {
    const { clock, pacer, member } = started();
    pacer.remove(member);
    assert.equal(clock.pending, 0);
    pacer.add(member);
    assert.equal(clock.pending, 1);
  });

  it('members may come and go within a tick', () => {
    const { clock, pacer, member, ticks } = started();
    const late: number[] = [];
    const other = { tick: (nowMs: number) => void late.push(nowMs) };
    const swap = {
      tick: () => {
        for (const leaving of [swap, member]) pacer.remove(leaving);
        pacer.add(other);
      },
    };
    pacer.add(swap);
    clock.advance(200);
    assert.equal(ticks.length, 1);
    assert.ok(late.length >= 9 && late.length <= 10, `${late.length}`);
    assert.equal(clock.pending, 1, 'one timer still');
    pacer.remove(other);
    assert.equal(clock.pending, 0);
  });

  it('a member that throws does not stop the others', () => {
    const errors: unknown[] = [];
    const { clock, pacer, ticks } = started((error) => errors.push(error));
    pacer.add({
      tick: () => {
        throw new Error('bug');
      },
    });
    clock.advance(60);
    assert.deepEqual([ticks.length, errors.length], [3, 3]);
  });
});
