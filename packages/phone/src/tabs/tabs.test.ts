import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Stage } from '../testing/stage.ts';
import { settled } from '../testing/stage-clock.ts';

describe('several tabs', () => {
  test('one leads; the other shows the same and sends commands; it leads when the first is closed', async () => {
    const stage = new Stage();
    const first = await stage.readyTab();
    const second = stage.tab();
    await second.start();
    await settled();
    assert.equal(second.getState().tab.role, 'follower');
    assert.equal(second.getState().line.phase, 'ready');
    assert.equal(stage.agents.length, 1, 'one registration');

    stage.agent.ring({ number: '4021', name: 'Ben' });
    await settled();
    const [ringing] = second.getState().calls;
    assert.equal(ringing?.phase, 'incoming');
    assert.deepEqual(await second.calls.answer(ringing?.id ?? ''), { ok: true, value: undefined });
    await settled();
    assert.equal(first.getState().calls[0]?.phase, 'active');
    const { tab: _, ...followed } = second.getState();
    const { tab: __, ...led } = first.getState();
    assert.deepEqual(followed, led);

    await first.close();
    await settled();
    assert.equal(second.getState().tab.role, 'leader');
    stage.agent.ready();
    assert.deepEqual([stage.agents.length, second.getState().line.phase], [2, 'ready']);
  });

  test('what is signed out in one tab is signed out in all', async () => {
    const stage = new Stage();
    const first = await stage.readyTab();
    const second = stage.tab();
    await second.start();
    await settled();
    await second.signIn.signOut();
    await settled();
    assert.deepEqual([first.getState().session.phase, second.getState().session.phase], ['signedOut', 'signedOut']);
    assert.equal(second.getState().desk, undefined, 'nothing of the person is left');
  });

  test('a leader that does not answer is told as such', async () => {
    const stage = new Stage();
    stage.somebodyElseLeads();
    const phone = stage.tab();
    await phone.start();
    const outcome = phone.calls.dial('4021');
    await stage.clock.pass(5_000);
    const { problem } = (await outcome) as { problem: { code: string } };
    assert.equal(problem.code, 'noLeader');
  });
});
