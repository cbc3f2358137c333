import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CONNECTION, Stage } from './testing/stage.ts';
import { settled } from './testing/stage-clock.ts';

const CREDENTIALS = { tenant: 'acme', email: 'anna@example.com', password: 'x' };

describe('sign-in', () => {
  test('nobody at first; then registered with what the Connector gave, as the same installation again and again', async () => {
    const stage = new Stage();
    const phone = stage.tab();
    await phone.start();
    assert.deepEqual([phone.getState().session.phase, phone.getState().line.phase], ['signedOut', 'signedOut']);
    await phone.signIn.withPassword(CREDENTIALS);
    await settled();
    const { options } = stage.agent;
    assert.deepEqual(
      [options.doors.map(({ uri }) => uri), options.username, options.addressOfRecord],
      [['wss://border.example.com/'], 'c-1', 'sip:4020@example.com'],
    );
    assert.equal(phone.getState().line.phase, 'connecting');
    stage.agent.ready();
    assert.equal(phone.getState().line.phase, 'ready');
    await phone.signIn.signOut();
    assert.deepEqual(phone.getState().session, { phase: 'signedOut', reason: 'self' });
    assert.ok(stage.agent.did.includes('close'));
    assert.ok(
      ![...stage.kept.values()].some((value) => value.includes('t-1') || value.includes('p-1')),
      'secrets stay',
    );
    await phone.signIn.withPassword(CREDENTIALS);
    await settled();
    assert.equal(stage.agent.options.instanceId, options.instanceId);
    const [, again] = stage.asked('POST /v1/sign-in/password');
    assert.equal(JSON.parse(again?.body ?? '').installation.id, 'i-1');
  });

  test('what the Connector refuses is an outcome with its code', async () => {
    const stage = new Stage();
    stage.answers.set('POST /v1/sign-in/password', {
      status: 401,
      json: { code: 'secondFactorRequired', detail: 'A code.' },
    });
    const phone = stage.tab();
    await phone.start();
    const outcome = await phone.signIn.withPassword(CREDENTIALS);
    assert.deepEqual(outcome, { ok: false, problem: { code: 'secondFactorRequired', detail: 'A code.' } });
    stage.isCloudThere = false;
    const unreached = await phone.signIn.withPassword(CREDENTIALS);
    assert.equal(unreached.ok ? '' : unreached.problem.code, 'cloudUnreachable');
  });

  test('a session that the Connector does not know any more is over', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    stage.answers.set('GET /v1/me/settings', { status: 401, json: { code: 'notSignedIn', detail: '' } });
    await phone.settings.refresh();
    await settled();
    assert.deepEqual(phone.getState().session, { phase: 'signedOut', reason: 'revoked' });
    assert.equal(phone.getState().line.phase, 'signedOut');
  });

  test('somebody without a device is told so, and registers as soon as there is one', async () => {
    const stage = new Stage();
    stage.answers.set('GET /v1/me/connection', { status: 404, json: { code: 'noConnectionData', detail: 'Not yet.' } });
    const phone = stage.tab();
    await phone.start();
    await phone.signIn.withPassword(CREDENTIALS);
    await settled();
    assert.deepEqual(phone.getState().line, { phase: 'refused', why: 'noDevice', detail: 'Not yet.' });
    stage.answers.set('GET /v1/me/connection', { status: 200, json: CONNECTION });
    await stage.clock.pass(10_000);
    stage.agent.ready();
    assert.equal(phone.getState().line.phase, 'ready');
  });
});

describe('connection data', () => {
  test('while the cloud is away the last copy is used', async () => {
    const stage = new Stage();
    const first = await stage.readyTab();
    await first.close();
    stage.isCloudThere = false;
    const phone = stage.tab();
    await phone.start();
    await settled();
    stage.agent.ready();
    assert.deepEqual([phone.getState().line.phase, phone.getState().cloud.isReachable], ['ready', false]);
  });

  test('a copy that is too old is not', async () => {
    const stage = new Stage();
    await (await stage.readyTab()).close();
    stage.isCloudThere = false;
    await stage.clock.pass(2 * 86_400_000);
    const agents = stage.agents.length;
    const phone = stage.tab();
    await phone.start();
    await settled();
    assert.equal(stage.agents.length, agents);
    assert.equal(phone.getState().line.phase, 'connecting');
  });

  test('it is renewed before it ends, and the registration goes on with the new credentials', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    const sip = { ...CONNECTION.sip, username: 'c-2', password: 'p-2' };
    stage.answers.set('GET /v1/me/connection', { status: 200, json: { ...CONNECTION, sip, refreshAtMs: 9e12 } });
    await stage.clock.pass(43_200_000);
    assert.deepEqual(stage.agent.did.slice(-2), ['credentials c-2', 'register']);
    // JsSIP says nothing of a registration that stood before.
    assert.equal(phone.getState().line.phase, 'ready');
    assert.equal(stage.agents.length, 1);
  });

  test('another border: a call on the old one is not cut off', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    const call = stage.agent.ring({ number: '4021', name: 'Ben' });
    await phone.calls.answer(phone.getState().calls[0]?.id ?? '');
    await settled();
    const moved = { ...CONNECTION, sbc: [{ uri: 'wss://other.example.com/', priority: 0, weight: 1 }] };
    stage.answers.set('GET /v1/me/connection', { status: 200, json: moved });
    await stage.clock.pass(43_200_000);
    assert.deepEqual([stage.agents.length, call.did], [1, ['answer']]);
    call.ended();
    await settled();
    assert.equal(stage.agents.length, 2, 'the new one is used after the call');
  });

  test('signed out in a call while another border waits: nobody stays registered, and the next session registers', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    const slow = Promise.withResolvers<void>();
    stage.agent.closing = slow.promise;
    stage.agent.ring({ number: '4021', name: 'Ben' });
    await phone.calls.answer(phone.getState().calls[0]?.id ?? '');
    const moved = { ...CONNECTION, sbc: [{ uri: 'wss://other.example.com/', priority: 0, weight: 1 }] };
    stage.answers.set('GET /v1/me/connection', { status: 200, json: moved });
    await stage.clock.pass(43_200_000);
    await phone.signIn.signOut();
    slow.resolve();
    await settled();
    assert.ok(stage.agents.every(({ did }) => did.includes('close')));
    await phone.signIn.withPassword(CREDENTIALS);
    await settled();
    assert.deepEqual(stage.agent.did, ['openSocket']);
  });
});

describe('calls', () => {
  test('rings with a name of the directory where the network tells only a number; the microphone is let go at the end', async () => {
    const stage = new Stage();
    stage.answers.set('GET /v1/directory/numbers', { status: 200, json: { name: 'Ben Okafor' } });
    const phone = await stage.readyTab();
    const sip = stage.agent.ring({ number: '4021' });
    await settled();
    const [call] = phone.getState().calls;
    assert.deepEqual([call?.phase, call?.party], ['incoming', { number: '4021', name: 'Ben Okafor' }]);
    await phone.calls.answer(call?.id ?? '');
    await settled();
    assert.equal(phone.getState().calls[0]?.phase, 'active');
    sip.ended();
    assert.ok(stage.microphones.every(({ isStopped }) => isStopped) && stage.microphones.length === 1);
    await stage.clock.pass(5_000);
    assert.deepEqual(phone.getState().calls, []);
  });

  test('who is called has a name of the directory, too; somebody else who answers gets another one', async () => {
    const stage = new Stage();
    stage.answers.set('GET /v1/directory/numbers', { status: 200, json: { name: 'Optik Berlin' } });
    const phone = await stage.readyTab();
    await phone.calls.dial('0301234567');
    await settled();
    assert.deepEqual(phone.getState().calls[0]?.party, { number: '0301234567', name: 'Optik Berlin' });
    stage.answers.set('GET /v1/directory/numbers', { status: 200, json: { name: 'Eva Novak' } });
    stage.agent.calls.at(-1)?.events.onAccepted({ number: '+49309999999' }, false);
    await settled();
    assert.deepEqual(phone.getState().calls[0]?.party, { number: '+49309999999', name: 'Eva Novak' });
  });

  test('without a microphone it is said so; what rings goes on ringing elsewhere', async () => {
    const stage = new Stage();
    stage.hasMicrophone = false;
    const phone = await stage.readyTab();
    const dialled = await phone.calls.dial('4021');
    assert.equal(dialled.ok ? '' : dialled.problem.code, 'noMicrophone');
    assert.ok(!stage.agent.did.some((did) => did.startsWith('call')));
    const sip = stage.agent.ring({ number: '4021' });
    await phone.calls.answer(phone.getState().calls.find(({ phase }) => phase === 'incoming')?.id ?? '');
    await settled();
    assert.deepEqual(sip.did, ['reject 480']);
  });

  test('without a registration no call is made, but one for help is tried all the same', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    stage.agent.events.onSocketClose();
    const refused = await phone.calls.dial('4021');
    assert.equal(refused.ok ? '' : refused.problem.code, 'notReady');
    assert.equal((await phone.calls.dial('112')).ok, true);
    assert.deepEqual(
      stage.agent.did.filter((did) => did.startsWith('call')),
      ['call 112'],
    );
    assert.equal(phone.getState().calls.at(-1)?.isEmergency, true);
  });

  test('sent to the mailbox or a number by 302', async () => {
    const stage = new Stage();
    stage.answers.set('GET /v1/me/connection', { status: 200, json: { ...CONNECTION, voicemailNumber: '4102' } });
    const phone = await stage.readyTab();
    for (const [to, contact] of [
      ['voicemail', 'voicemail'],
      [{ number: '+49 171 1' }, '+491711'],
    ] as const) {
      const sip = stage.agent.ring({ number: '4021' });
      await phone.calls.deflect(phone.getState().calls.find(({ phase }) => phase === 'incoming')?.id ?? '', to);
      assert.deepEqual(sip.did, [`reject 302 sip:${contact}@example.com`]);
    }
  });

  test('a refused transfer leaves the call as it was', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    const dialled = await phone.calls.dial('4021');
    const callId = dialled.ok ? dialled.value.callId : '';
    const sip = stage.agent.calls.at(-1);
    sip?.answered();
    if (sip) sip.referResult = { status: 486, reason: 'Busy Here' };
    const outcome = await phone.calls.transfer(callId, '4022');
    assert.ok(!outcome.ok);
    assert.deepEqual([outcome.problem.code, outcome.problem.target], ['transferBusy', '4022']);
    await settled();
    assert.deepEqual(sip?.did, ['hold', 'refer sip:4022@example.com', 'resume']);
    const [call] = phone.getState().calls;
    assert.deepEqual([call?.phase, call?.isHeld, call?.move], ['active', false, undefined]);
  });

  test('a call that the user moves here rings, and opens no microphone; not answered, it is not missed', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    const sip = stage.agent.ring({ number: '4021', movedFrom: 'desk' });
    await stage.clock.pass(10_000);
    const [call] = phone.getState().calls;
    assert.deepEqual([sip.did, call?.phase, call?.movedFrom], [[], 'incoming', 'desk']);
    sip.events.onEnded({ by: 'there', how: 'cancel', reasons: ['SIP;cause=408;text="No answer"'] });
    assert.equal(phone.getState().calls[0]?.end?.isMissed, false);
  });

  test('connection and audio are lost in a call: nothing is sent until the border is back, then new ICE', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    const sip = stage.agent.ring({ number: '4021' });
    await phone.calls.answer(phone.getState().calls[0]?.id ?? '');
    await settled();
    stage.agent.events.onSocketClose();
    sip.events.onAudio('lost');
    await stage.clock.pass(7_000);
    assert.deepEqual([sip.did, phone.getState().calls[0]?.audio], [['answer'], 'regaining']);
    stage.agent.events.onSocketOpen();
    await settled();
    assert.deepEqual([sip.did, phone.getState().calls[0]?.audio], [['answer', 'restartIce'], 'flowing']);
  });

  test('the network changes in a call: a new connection at once, and new ICE on it', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    const sip = stage.agent.ring({ number: '4021' });
    await phone.calls.answer(phone.getState().calls[0]?.id ?? '');
    await settled();
    stage.networkChanges();
    assert.deepEqual(stage.agent.did.slice(-2), ['closeSocket', 'openSocket']);
    stage.agent.events.onSocketOpen();
    await settled();
    assert.ok(sip.did.includes('restartIce'));
    assert.equal(phone.getState().calls[0]?.phase, 'active');
  });
});

describe('waking up', () => {
  test('the border answers on the connection there is: it is kept', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    stage.wakes();
    await settled();
    assert.equal(stage.agent.did.at(-1), 'ask');
    assert.equal(phone.getState().line.phase, 'ready');
  });

  test('nobody answers: another connection at once, and that is told', async () => {
    const stage = new Stage();
    const phone = await stage.readyTab();
    stage.agent.answers = false;
    stage.wakes();
    await settled();
    assert.deepEqual(stage.agent.did.slice(-3), ['ask', 'closeSocket', 'openSocket']);
    assert.equal(phone.getState().line.phase, 'reconnecting');
  });
});

describe('audio that is lost in a call', () => {
  async function talking() {
    const stage = new Stage();
    const phone = await stage.readyTab();
    const sip = stage.agent.ring({ number: '4021' });
    await phone.calls.answer(phone.getState().calls[0]?.id ?? '');
    await settled();
    sip.events.onAudio('flowing');
    return { stage, phone, sip };
  }

  test('new ICE at once; answered, nothing else is done', async () => {
    const { stage, phone, sip } = await talking();
    sip.events.onAudio('lost');
    assert.equal(sip.did.at(-1), 'restartIce');
    await stage.clock.pass(5_000);
    assert.equal(phone.getState().calls[0]?.audio, 'flowing');
    assert.ok(!stage.agent.did.includes('closeSocket'));
  });

  test('not answered within a second: another connection, and new ICE on that one', async () => {
    const { stage, sip } = await talking();
    sip.iceResult = new Promise(() => {});
    sip.events.onAudio('lost');
    await stage.clock.pass(999);
    assert.ok(!stage.agent.did.includes('closeSocket'));
    await stage.clock.pass(1);
    assert.deepEqual(stage.agent.did.slice(-2), ['closeSocket', 'openSocket']);
    stage.agent.events.onSocketOpen();
    assert.deepEqual(sip.did.slice(-2), ['restartIce', 'restartIce']);
  });

  test('back by itself meanwhile: the connection stays', async () => {
    const { stage, sip } = await talking();
    sip.iceResult = new Promise(() => {});
    sip.events.onAudio('lost');
    await stage.clock.pass(500);
    sip.events.onAudio('flowing');
    await stage.clock.pass(5_000);
    assert.ok(!stage.agent.did.includes('closeSocket'));
  });

  test('a better door is gone to when no call is there', async () => {
    const { stage, sip } = await talking();
    stage.agent.events.onBetterDoor();
    assert.ok(!stage.agent.did.includes('closeSocket'));
    sip.ended();
    stage.agent.events.onBetterDoor();
    assert.deepEqual(stage.agent.did.slice(-2), ['closeSocket', 'openSocket']);
  });
});
