/** Calls across the border, in virtual time, with a gateway behind it: by the link within a process and over sockets. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportName, UacInvite } from '@unisono/sip';
import { BorderStage, type Joint } from './border-stage.ts';

for (const joint of ['link', 'sockets'] as const satisfies readonly Joint[]) {
  describe(`across the border (${joint})`, () => {
    test('a client registers, and is called by its desk number', async () => {
      const stage = new BorderStage({ joint });
      const anna = stage.client('ufip-anna');
      const ben = stage.world.deskPhone('4021');
      await stage.register(anna, ben);
      const { out, in: incoming } = await stage.connect(ben, '4020', anna);
      assert.match(incoming.media.remote ?? '', /UDP\/TLS\/RTP\/SAVPF/);
      assert.match(out.media.remote ?? '', /c=IN IP4 10\.0\.0\.2/);
      await stage.hangUp(ben, out);
      assert.equal(incoming.state, 'ended');
      await stage.assertQuiet();
    });

    test('a client calls a desk phone, holds, retrieves and hangs up', async () => {
      const stage = new BorderStage({ joint });
      const anna = stage.client('ufip-anna');
      const ben = stage.world.deskPhone('4021');
      await stage.register(anna, ben);
      const { out, in: incoming } = await stage.connect(anna, '4021', ben);
      for (const direction of ['sendonly', 'sendrecv'] as const) {
        let status = 0;
        anna.hold(out, direction, (final) => {
          status = final;
        });
        await stage.pass(500);
        assert.equal(status, 200);
        assert.ok(incoming.media.remote?.includes(`a=${direction}`), incoming.media.remote);
      }
      let status = 0;
      ben.hold(incoming, 'sendonly', (final) => {
        status = final;
      });
      await stage.pass(500);
      assert.equal(status, 200);
      assert.match(out.media.remote ?? '', /a=sendonly/);
      await stage.hangUp(anna, out);
      assert.equal(incoming.state, 'ended');
      await stage.assertQuiet();
    });

    test('a client calls another client: the call crosses twice', async () => {
      const stage = new BorderStage({ joint });
      const [anna, david] = [stage.client('ufip-anna'), stage.client('ufip-david')];
      await stage.register(anna, david);
      const { out, in: incoming } = await stage.connect(anna, '4023', david);
      assert.equal(stage.engine.calls.length, 2);
      await stage.hangUp(david, incoming);
      assert.equal(out.state, 'ended');
      await stage.assertQuiet();
    });

    test('the caller makes no offer: that of the client comes in the answer', async () => {
      const stage = new BorderStage({ joint });
      const anna = stage.client('ufip-anna');
      const ben = stage.world.deskPhone('4021');
      await stage.register(anna, ben);
      const out = ben.dial('4020', { lateOffer: true });
      await stage.pass(300);
      const incoming = await stage.answer(anna);
      assert.equal(out.state, 'answered');
      assert.match(out.remoteSdp ?? '', /c=IN IP4 10\.0\.0\.2/);
      assert.match(incoming.remoteSdp ?? '', /c=IN IP4 203\.0\.113\.1/);
      assert.deepEqual(
        stage.engine.asked.map(({ kind, from }) => `${kind} ${from}`),
        ['offer outside', 'answer inside'],
      );
      await stage.hangUp(ben, out);
      await stage.assertQuiet();
    });

    test('a client that makes no offer is given the one of the phone', async () => {
      const stage = new BorderStage({ joint });
      const anna = stage.client('ufip-anna');
      const ben = stage.world.deskPhone('4021');
      await stage.register(anna, ben);
      const out = anna.dial('4021', { lateOffer: true });
      await stage.pass(300);
      await stage.answer(ben);
      assert.equal(out.state, 'answered');
      assert.match(out.remoteSdp ?? '', /c=IN IP4 203\.0\.113\.1/);
      await stage.hangUp(anna, out);
      await stage.assertQuiet();
    });

    test('everything rings: the desk phone answers and the client stops', async () => {
      const stage = new BorderStage({ joint });
      const annaClient = stage.client('ufip-anna');
      const annaDesk = stage.world.deskPhone('4020');
      const ben = stage.world.deskPhone('4021');
      await stage.register(annaClient, annaDesk, ben);
      const out = await stage.dial(ben, '4020');
      const ringing = stage.ringing(annaClient);
      await stage.answer(annaDesk);
      assert.equal(ringing.state, 'ended');
      assert.match(ringing.endReason ?? '', /cause=200/);
      await stage.hangUp(ben, out);
      await stage.assertQuiet();
    });

    test('the caller gives up, before and while it rings', async () => {
      for (const afterMs of [0, 8, 300]) {
        const stage = new BorderStage({ joint });
        const anna = stage.client('ufip-anna');
        const ben = stage.world.deskPhone('4021');
        await stage.register(anna, ben);
        const out = anna.dial('4021');
        await stage.pass(afterMs);
        anna.hangUp(out);
        await stage.pass(1_000);
        // Given up before the challenge has come, it ends with that.
        assert.ok(out.status === 487 || (afterMs < 20 && out.status === 407), `${out.status} after ${afterMs} ms`);
        assert.ok(ben.calls.every(({ state }) => state === 'ended'));
        await stage.assertQuiet();
      }
    });

    for (const status of [486, 603, 480]) {
      test(`the client refuses with ${status}`, async () => {
        const stage = new BorderStage({ joint });
        const anna = stage.client('ufip-anna');
        const ben = stage.world.deskPhone('4021');
        await stage.register(anna, ben);
        const out = await stage.dial(ben, '4020');
        anna.reject(stage.ringing(anna), status);
        await stage.pass(1_000);
        assert.equal(out.state, 'ended');
        await stage.assertQuiet();
      });
    }

    test('early media of a client, sent reliably, and the final answer', async () => {
      const stage = new BorderStage({ joint });
      const anna = stage.client('ufip-anna');
      anna.ringsAtOnce = false;
      const ben = stage.world.deskPhone('4021');
      await stage.register(anna, ben);
      const out = await stage.dial(ben, '4020');
      anna.ring(stage.ringing(anna), 183, true);
      await stage.pass(500);
      assert.ok(out.progress.includes(183) || out.progress.includes(180));
      await stage.answer(anna);
      assert.equal(out.state, 'answered');
      const answers = stage.engine.asked.filter(({ kind }) => kind === 'answer');
      assert.equal(answers.length, 2, 'the final answer is told the engine as such');
      await stage.hangUp(anna, stage.engine.calls.length ? (anna.running[0] ?? assert.fail()) : assert.fail());
      await stage.assertQuiet();
    });

    test('digits by INFO and a refresh by UPDATE pass', async () => {
      const stage = new BorderStage({ joint });
      const anna = stage.client('ufip-anna');
      const ben = stage.world.deskPhone('4021');
      await stage.register(anna, ben);
      const { out, in: incoming } = await stage.connect(anna, '4021', ben);
      anna.pressDigit(out);
      let status = 0;
      assert.ok(anna.holdByUpdate(out, 'sendonly', (final) => (status = final)));
      await stage.pass(500);
      assert.equal(status, 200);
      assert.match(incoming.media.remote ?? '', /a=sendonly/);
      await stage.hangUp(anna, out);
      await stage.assertQuiet();
    });

    test('a client transfers its call to somebody else', async () => {
      const stage = new BorderStage({ joint });
      const anna = stage.client('ufip-anna');
      const [ben, carla] = [stage.world.deskPhone('4021'), stage.world.deskPhone('4022')];
      await stage.register(anna, ben, carla);
      const { out, in: incoming } = await stage.connect(anna, '4021', ben);
      anna.transfer(out, '4022');
      await stage.pass(1_000);
      assert.equal(out.referStatus, 202);
      await stage.answer(carla);
      assert.ok(
        out.notified?.some((line) => line.startsWith('SIP/2.0 200')),
        String(out.notified),
      );
      assert.equal(incoming.state, 'answered');
      await stage.hangUp(ben, incoming);
      await stage.pass(1_000);
      await stage.assertQuiet();
    });
  });
}

describe('datagrams are lost, doubled and late, and calls still work', () => {
  const LOSSES = [
    // Long requests go by TCP, whose loss is its own affair.
    { loss: 0.1, doors: ['udp', 'tcp'] },
    // A door that takes no streams: a client finds out, and sends them as datagrams after all (RFC 3261 §18.1.1).
    { loss: 0.1, doors: ['udp'] },
    { loss: 0.25, doors: ['udp'] },
  ] as const satisfies readonly { loss: number; doors: readonly TransportName[] }[];
  const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
  for (const joint of ['link', 'sockets'] as const satisfies readonly Joint[]) {
    for (const { loss, doors } of LOSSES) {
      test(`${joint}, ${loss * 100} % lost, doors: ${doors.join()}`, async () => {
        for (const seed of SEEDS) await lossyCall(joint, seed, loss, doors);
      });
    }
  }
});

/** A client outside calls a desk phone and hangs up; both ends must learn of both. */
async function lossyCall(joint: Joint, seed: number, loss: number, doors: readonly TransportName[]): Promise<void> {
  const stage = new BorderStage({
    joint,
    seed,
    doors,
    network: { delayMs: [1, 60], loss, duplicate: 0.1, reorder: 0.1 },
  });
  const carla = stage.remotePhone('4022', 'udp');
  const ben = stage.world.deskPhone('4021');
  carla.stayRegistered();
  ben.stayRegistered();
  const until = async (what: string, isTrue: () => boolean): Promise<void> => {
    for (let waited = 0; !isTrue() && waited < 640; waited++) await stage.pass(100);
    assert.ok(isTrue(), `seed ${seed}: ${what}; ${ben.calls.map(({ state }) => state)}`);
  };
  await until('both are registered', () => carla.registerStatus === 200 && ben.registerStatus === 200);
  const out = carla.dial('4021');
  await until('rings', () => ben.calls[0]?.state === 'ringing');
  ben.answer(stage.ringing(ben));
  await until('is answered', () => out.state === 'answered');
  carla.hangUp(out);
  await until('is over', () => ben.calls.every(({ state }) => state === 'ended'));
  await stage.assertQuiet();
}

describe('what the engine objects to', () => {
  const REFUSALS = [
    ['no-common-codec', 488, 'No Common Codec'],
    ['bad-sdp', 400, 'Malformed Session Description'],
    ['no-ports', 503, 'No Media Ports Left'],
  ] as const;
  for (const [code, status, reason] of REFUSALS) {
    test(`an offer that cannot be used is answered ${status} with a reason and a warning (${code})`, async () => {
      const stage = new BorderStage();
      const anna = stage.client('ufip-anna');
      await stage.register(anna);
      stage.engine.failures.push({ code, message: 'We share no codec: you offer G.729.' });
      const out = await stage.dial(anna, '4021');
      assert.equal(out.status, status);
      const answer = stage.sentOut.findLast(({ text }) => text.startsWith(`SIP/2.0 ${status} ${reason}`))?.text ?? '';
      assert.match(answer, /^Warning: 3\d\d unisono "We share no codec: you offer G\.729\."/m);
      if (status === 503) assert.match(answer, /^Retry-After: \d+/m);
      await stage.assertQuiet();
    });
  }

  test('an answer that cannot be used ends the call on both sides, with the reason', async () => {
    const stage = new BorderStage();
    const anna = stage.client('ufip-anna');
    const ben = stage.world.deskPhone('4021');
    await stage.register(anna, ben);
    stage.engine.failures.push(undefined, { code: 'mismatched-answer', message: 'The answer has two streams.' });
    const out = await stage.dial(ben, '4020');
    const incoming = await stage.answer(anna);
    await stage.pass(1_000);
    assert.deepEqual([out.state, incoming.state], ['ended', 'ended']);
    assert.match(incoming.endReason ?? '', /text="The answer has two streams\."/);
    await stage.assertQuiet();
  });

  test('a hold that cannot be used is refused, and the call goes on', async () => {
    const stage = new BorderStage();
    const anna = stage.client('ufip-anna');
    const ben = stage.world.deskPhone('4021');
    await stage.register(anna, ben);
    const { out } = await stage.connect(anna, '4021', ben);
    stage.engine.failures.push({ code: 'unsupported-transport', message: 'No such transport.' });
    let status = 0;
    anna.hold(out, 'sendonly', (final) => (status = final));
    await stage.pass(500);
    assert.equal(status, 488);
    assert.equal(out.state, 'answered');
    await stage.hangUp(anna, out);
    await stage.assertQuiet();
  });

  test('media that is lost ends the call on both sides', async () => {
    const stage = new BorderStage();
    const anna = stage.client('ufip-anna');
    const ben = stage.world.deskPhone('4021');
    await stage.register(anna, ben);
    const { out, in: incoming } = await stage.connect(anna, '4021', ben);
    const [key = ''] = stage.engine.calls;
    stage.sbc.onCallLost(key, 'engine-lost', '');
    await stage.pass(1_000);
    assert.deepEqual([out.state, incoming.state], ['ended', 'ended']);
    assert.match(out.endReason ?? '', /text="The media engine has stopped"/);
    await stage.assertQuiet();
  });

  test('media that is lost while it rings refuses the caller and stops the phone', async () => {
    const stage = new BorderStage();
    const anna = stage.client('ufip-anna');
    const ben = stage.world.deskPhone('4021');
    await stage.register(anna, ben);
    const out = await stage.dial(anna, '4021');
    const [key = ''] = stage.engine.calls;
    stage.sbc.onCallLost(key, 'engine-lost', '');
    await stage.pass(1_000);
    assert.equal(out.status, 503);
    assert.equal(ben.running.length, 0);
    await stage.assertQuiet();
  });

  test('the engine takes its time: messages of the call stay in order, and a CANCEL is not too late', async () => {
    const stage = new BorderStage();
    const anna = stage.client('ufip-anna');
    const ben = stage.world.deskPhone('4021');
    await stage.register(anna, ben);
    let go = () => {};
    stage.engine.pause = () => new Promise((resolve) => (go = resolve));
    const out = anna.dial('4021');
    await stage.pass(300);
    (out.invite as UacInvite).cancel();
    await stage.pass(300);
    go();
    await stage.pass(1_000);
    assert.equal(out.status, 487);
    assert.equal(ben.calls.length, 0, 'a call that was given up before it was sent on rings nowhere');
    stage.engine.pause = () => Promise.resolve();
    await stage.assertQuiet();
  });
});
