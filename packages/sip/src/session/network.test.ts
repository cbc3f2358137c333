import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Stage } from '../ua/testing.ts';
import type { Session } from './session.ts';

const share = fc.double({ min: 0, max: 0.35, noNaN: true });
const act = fc.record({
  what: fc.constantFrom('ring', 'early', 'reliable', 'answer', 'refuse', 'cancel', 'hold', 'update', 'info', 'hang up'),
  who: fc.constantFrom('a' as const, 'b' as const),
  waitMs: fc.nat(3_000),
});
const scenario = fc.record({
  seed: fc.nat(1_000_000),
  transport: fc.constantFrom('udp' as const, 'udp' as const, 'tcp' as const),
  isLateOffer: fc.boolean(),
  isReliable: fc.boolean(),
  loss: share,
  duplicate: share,
  reorder: share,
  acts: fc.array(act, { minLength: 1, maxLength: 12 }),
});

/** Whichever session the agent has; forks and early ones included. */
function sessionOf(stage: Stage, who: 'a' | 'b'): Session | undefined {
  const [dialog] = [...stage[who].ua.dialogs];
  return dialog?.usages[0] as Session | undefined;
}

test('whatever two phones do on a bad network: each call ends once for each, and nothing is left', () => {
  fc.assert(
    fc.property(scenario, ({ seed, transport, isLateOffer, isReliable, acts, ...faults }) => {
      const stage = new Stage({ seed, transport, ...faults, delayMs: [1, 120] });
      stage.b.onCall = () => {};
      const require = isReliable ? [['Require', '100rel'] as const] : [];
      const call = stage.a.call(stage.b, { headers: require, ...(isLateOffer ? { payload: undefined } : {}) });
      for (const { what, who, waitMs } of acts) {
        const invite = stage.b.invites[0];
        const session = sessionOf(stage, who);
        const party = stage[who].party;
        if (what === 'ring') invite?.progress(180);
        else if (what === 'early') invite?.progress(183, { payload: party.describe() });
        else if (what === 'reliable') invite?.progress(183, { payload: party.describe(), reliably: true });
        else if (what === 'answer' && invite && !invite.isOver) stage.b.answer();
        else if (what === 'refuse') invite?.reject(486);
        else if (what === 'cancel') call.cancel();
        else if (what === 'hold') {
          session?.reinvite(party.describe(), (outcome) => {
            if (typeof outcome === 'object' && outcome.status < 300) session.ack(outcome);
          });
        } else if (what === 'update') session?.update(party.describe(), () => {});
        else if (what === 'info') session?.request('INFO', {}, () => {});
        else session?.bye();
        stage.run(waitMs);
      }
      call.cancel();
      stage.b.onCall = (invite) => invite.reject(480);
      stage.b.invites[0]?.reject(480);
      stage.run(40_000);
      for (const who of ['a', 'b'] as const) sessionOf(stage, who)?.bye();
      stage.assertNothingLeft();
      const outcomes = stage.a.party.events.filter((event) => /^(?:answer|failure)/.test(event));
      assert.equal(outcomes.length, 1, stage.a.party.events.join(', '));
      const ends = (who: 'a' | 'b') => stage[who].party.events.filter((event) => /^(?:bye|ended|cancel)/.test(event));
      for (const who of ['a', 'b'] as const) assert.ok(ends(who).length <= 1, `${who}: ${ends(who)}`);
    }),
    { numRuns: 150 },
  );
});
