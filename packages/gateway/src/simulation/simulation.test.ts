import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Stage } from '../stories/stage.ts';
import { CallBook } from './call-book.ts';
import { nothingLeft } from './checks/leftovers.ts';
import { realPartner } from './checks/media.ts';
import { noGhosts } from './checks/no-ghosts.ts';
import { Directory } from './directory.ts';
import { clockTime } from './ladder.ts';
import { Run } from './scenario/run.ts';
import { GATEWAY_ADDRESS } from './world.ts';

const CALLS = 60;

async function play(seed: number, calls = CALLS): Promise<void> {
  const { problems, conditions } = await new Run(seed, calls).play();
  const told = problems.slice(0, 3).map(({ atMs, check, text }) => `${clockTime(atMs)} "${check}": ${text}`);
  const repeat = `npm run simulate -- --seed ${seed} --calls ${calls}`;
  assert.deepEqual(problems, [], `${conditions}\n${told.join('\n')}\n${repeat}`);
}

describe('every invariant holds', () => {
  for (let seed = 1; seed <= 40; seed++) test(`seed ${seed}`, () => play(seed));
});

test('a seed repeats a run, message by message', async () => {
  const [one, other] = await Promise.all([fingerprint(7), fingerprint(7)]);
  assert.equal(one, other);
});

async function fingerprint(seed: number): Promise<string> {
  const run = new Run(seed, 20);
  const lines: string[] = [];
  run.world.wire.listen(({ atMs, direction, peer, message }) => {
    lines.push(`${atMs} ${direction} ${peer} ${message.callId} ${message.cseq.sequence}`);
  });
  await run.play();
  return lines.join('\n');
}

describe('the checks that look at rest', () => {
  /** Ben talks to Carla; what the check says of it. */
  function judged(spoil: (stage: Stage) => void) {
    const stage = new Stage();
    const directory = new Directory(() => stage.world.system.current());
    for (const phone of stage.world.phones) directory.addPhone(phone.address, phone.username);
    const book = new CallBook(directory);
    stage.world.wire.listen((wire) => book.onWire(wire));
    const call = stage.connect(stage.benDesk, '4022', stage.carlaDesk);
    spoil(stage);
    const problems: string[] = [];
    const context = {
      book,
      expectations: { deliveryMs: 1_000, troubledUntilMs: () => -1 },
      report: (problem: string) => problems.push(problem),
    };
    return { stage, call, context, problems };
  }

  test('a call that is up is something left over', () => {
    const { stage, context, problems } = judged(() => {});
    nothingLeft(context, stage.world).atEnd?.(0);
    assert.match(problems.join('\n'), /1 calls left.*2 sessions left/s);
  });

  test('two who talk to each other are real partners', () => {
    const { stage, context, problems } = judged(() => {});
    realPartner(context, stage.world.phones, GATEWAY_ADDRESS).atRest?.(0);
    assert.deepEqual(problems, []);
  });

  test('one who talks to nobody is found', () => {
    const { stage, call, context, problems } = judged(() => {});
    call.out.media.remote = call.out.media.remote?.replaceAll('10.0.0.', '10.0.9.');
    realPartner(context, stage.world.phones, GATEWAY_ADDRESS).atRest?.(0);
    assert.match(problems.join('\n'), /where nobody is in a call/);
  });

  test('two who do not agree on a hold are found', () => {
    const { stage, call, context, problems } = judged(() => {});
    call.out.media.local = call.out.media.local?.replace('sendrecv', 'sendonly');
    realPartner(context, stage.world.phones, GATEWAY_ADDRESS).atRest?.(0);
    assert.match(problems.join('\n'), /described itself as/);
  });

  test('a phone that believes itself in a call after the end is found', () => {
    const { stage, call, context, problems } = judged(({ world }) => world.advance(1_000));
    stage.hangUp(stage.benDesk, call.out);
    call.in.state = 'answered';
    noGhosts(context, stage.world.phones).atRest?.(stage.world.clock.nowMs() + 5_000);
    assert.match(problems.join('\n'), /4022 believes itself in a call 5 s after/);
  });
});
