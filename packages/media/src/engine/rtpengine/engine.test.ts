import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryRtpNetwork } from '../../endpoint/memory-network.ts';
import { BARESIP_OFFER } from '../../testing/offers.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { vector } from '../../testing/vectors.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { type AnswerRequest, type MediaEngineResult, type OfferRequest, PLAIN, WEBRTC } from '../engine.ts';
import { createRtpengineEngine, type RtpengineEngine } from './engine.ts';
import { FakeRtpengine } from './fake-rtpengine.ts';

const OFFER = BARESIP_OFFER;
const FROM = { side: 'inside', signalledFrom: ['192.0.2.17'] } as const;
const TO = { side: 'outside' } as const;

/** An engine over rtpengines that are not, in virtual time. */
class Lab {
  readonly clock = new VirtualClock();
  readonly network = new MemoryRtpNetwork(this.clock, new SeededRandom(3));
  readonly fakes: FakeRtpengine[];
  readonly lost: string[] = [];
  engine!: RtpengineEngine;

  constructor(count: number) {
    const addresses = ['192.0.2.101', '192.0.2.102', '192.0.2.103'].slice(0, count);
    this.fakes = addresses.map((address) => new FakeRtpengine(this.network, this.clock, address));
  }

  static async open(count = 1): Promise<Lab> {
    const lab = new Lab(count);
    lab.engine = await createRtpengineEngine({
      instances: lab.fakes.map((fake) => fake.control),
      sides: { outside: { interface: 'pub', addressFamily: 'IP4' }, inside: { interface: 'priv' } },
      machine: { sockets: lab.network, clock: lab.clock, random: new SeededRandom(4), bindAddress: '192.0.2.1' },
      wallClockMs: () => 42,
      events: { onCallLost: (callId, loss) => lab.lost.push(`${callId} ${loss}`) },
    });
    await lab.pass(100);
    return lab;
  }

  /** Lets time pass, with everything that happens meanwhile. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10) {
      this.clock.advance(10);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  }

  async result<Result>(work: Promise<Result>): Promise<Result> {
    let isDone = false;
    const settled = work.finally(() => {
      isDone = true;
    });
    for (let tries = 0; !isDone && tries < 2_000; tries++) await this.pass(10);
    return await settled;
  }

  offer(callId: string, change: Partial<OfferRequest> = {}): Promise<MediaEngineResult> {
    const request = { callId, fromTag: 'a', viaBranch: 'z1', sdp: OFFER, from: FROM, to: TO, profile: PLAIN };
    return this.result(this.engine.offer({ ...request, ...change }));
  }

  answer(callId: string, change: Partial<AnswerRequest> = {}): Promise<MediaEngineResult> {
    const request = { callId, fromTag: 'a', toTag: 'b', viaBranch: 'z1', sdp: OFFER, from: TO };
    return this.result(this.engine.answer({ ...request, ...change }));
  }

  async call(callId: string): Promise<void> {
    assert.ok((await this.offer(callId)).ok);
    assert.ok((await this.answer(callId)).ok);
  }

  /** Which instance has the call. */
  homeOf(callId: string): FakeRtpengine {
    return this.fakes.find((fake) => fake.calls.has(callId)) ?? assert.fail(`nobody has ${callId}`);
  }

  async close(): Promise<void> {
    await this.result(this.engine.close());
    for (const fake of this.fakes) fake.close();
    this.clock.advance(10_000);
    assert.deepEqual([this.clock.pending, this.network.open], [0, 0]);
  }
}

function codeOf(result: MediaEngineResult): string {
  return result.ok ? 'ok' : result.error.code;
}

describe('an engine over rtpengine', () => {
  it('names the interfaces with the first offer, keeps to one source, and shows one audio stream', async () => {
    const lab = await Lab.open();
    await lab.offer('c1', { sdp: vector('polycom-offer'), from: { side: 'inside' } });
    const [fake] = lab.fakes;
    const { sdp, ...offer } = fake?.commands.find(({ command }) => command === 'offer') ?? {};
    assert.deepEqual(offer.direction, ['priv', 'pub']);
    assert.deepEqual(offer.flags, ['strict source', 'endpoint-learning-off']);
    assert.doesNotMatch(String(sdp), /m=video|Polycom/);
    await lab.close();
  });

  it('spreads calls evenly, and a call stays where it is', async () => {
    const lab = await Lab.open(3);
    for (let i = 0; i < 60; i++) await lab.call(`call-${i}`);
    for (const fake of lab.fakes) assert.ok(fake.calls.size > 8, `${fake.address}: ${fake.calls.size}`);
    const home = lab.homeOf('call-7');
    assert.ok((await lab.offer('call-7', { toTag: 'b' })).ok);
    assert.equal(lab.homeOf('call-7'), home);
    await lab.close();
    assert.deepEqual(
      lab.fakes.map((fake) => fake.calls.size),
      [0, 0, 0],
    );
  });

  it('an instance that falls silent loses its calls, new ones go to the others, and it comes back by itself', async () => {
    const lab = await Lab.open(2);
    for (let i = 0; i < 10; i++) await lab.call(`call-${i}`);
    const [fake, other] = lab.fakes;
    assert.ok(fake && other);
    const left = [...fake.calls];
    assert.ok(left.length > 0);
    fake.isSilent = true;
    await lab.pass(6_000);
    assert.deepEqual(lab.lost.sort(), left.map((callId) => `${callId} engine-lost`).sort());
    assert.equal(lab.engine.snapshot().available, 1);
    for (let i = 10; i < 20; i++) await lab.call(`call-${i}`);
    assert.equal(other.calls.size, 20 - left.length);
    fake.isSilent = false;
    await lab.pass(6_000);
    assert.equal(lab.engine.snapshot().available, 2);
    assert.equal(fake.calls.size, 0, 'what it still had was deleted');
    for (let i = 20; i < 40; i++) await lab.call(`call-${i}`);
    assert.ok(fake.calls.size > 0);
    await lab.close();
  });

  it('an offer that meets a silent instance goes to the next', async () => {
    const lab = await Lab.open(2);
    const [fake, other] = lab.fakes;
    assert.ok(fake && other);
    fake.isSilent = true;
    for (let i = 0; i < 6; i++) assert.ok((await lab.offer(`call-${i}`)).ok);
    assert.equal(other.calls.size, 6);
    other.isSilent = true;
    assert.equal(codeOf(await lab.offer('call-7')), 'unavailable');
    await lab.close();
  });

  it('an instance that was started anew has lost its older calls', async () => {
    const lab = await Lab.open();
    await lab.call('old');
    await lab.pass(20_000);
    lab.fakes[0]?.restart();
    await lab.pass(12_000);
    assert.deepEqual(lab.lost, ['old engine-lost']);
    await lab.call('new');
    await lab.pass(30_000);
    assert.deepEqual(lab.lost, ['old engine-lost']);
    await lab.close();
  });

  it('a call that is as young as the rtpengine that forgot it is lost as well', async () => {
    const lab = await Lab.open();
    await lab.pass(11_000);
    await lab.call('young');
    await lab.pass(500);
    lab.fakes[0]?.restart();
    await lab.call('younger');
    await lab.pass(14_000);
    assert.deepEqual(lab.lost, ['young engine-lost']);
    await lab.pass(30_000);
    assert.deepEqual(lab.lost, ['young engine-lost']);
    await lab.close();
  });

  it('a call that rtpengine gave up is reported inactive', async () => {
    const lab = await Lab.open();
    await lab.call('quiet');
    await lab.pass(20_000);
    lab.fakes[0]?.calls.delete('quiet');
    await lab.pass(16_000);
    assert.deepEqual(lab.lost, ['quiet inactive']);
    assert.equal(codeOf(await lab.answer('quiet')), 'unknown-call');
    await lab.close();
  });

  it('a browser whose DTLS does not come through ends the call within 15 s', async () => {
    const lab = await Lab.open();
    const [fake] = lab.fakes;
    assert.ok(fake);
    fake.isSecured = false;
    assert.ok((await lab.offer('web', { profile: WEBRTC })).ok);
    assert.ok((await lab.answer('web', { sdp: vector('chromium-answer') })).ok);
    await lab.pass(14_000);
    assert.deepEqual(lab.lost, []);
    await lab.pass(2_000);
    assert.deepEqual(lab.lost, ['web not-connected']);
    assert.equal(fake.calls.size, 0);
    await lab.close();
  });

  const refusals = [
    ['Ran out of ports', 'no-ports'],
    ['Parallel session limit reached', 'no-ports'],
    ['Failed to parse SDP', 'bad-sdp'],
    ['Something else', 'unavailable'],
  ] as const;
  for (const [reason, code] of refusals) {
    it(`"${reason}" is ${code}`, async () => {
      const lab = await Lab.open();
      const [fake] = lab.fakes;
      assert.ok(fake);
      fake.refusal = reason;
      assert.equal(codeOf(await lab.offer('c1')), code);
      assert.equal(lab.engine.snapshot().calls, 0);
      await lab.close();
    });
  }

  it('statistics and ports', async () => {
    const lab = await Lab.open();
    await lab.call('c1');
    const { startedAtMs, legs } = (await lab.result(lab.engine.query('c1'))) ?? assert.fail('nothing is known');
    assert.equal(startedAtMs, 42);
    assert.deepEqual(
      legs.map((leg) => [leg.tag, leg.side, leg.packetsReceived, leg.packetsSent, leg.packetsDropped, leg.codec]),
      [
        ['a', 'inside', 7, 7, 1, 'G722'],
        ['b', 'outside', 7, 7, 1, 'G722'],
      ],
    );
    await lab.pass(12_000);
    const { portsUsed, portsTotal, calls } = lab.engine.snapshot();
    assert.deepEqual([portsUsed, portsTotal, calls], [4, 200, 1]);
    await lab.close();
  });

  it('a branch is deleted alone, the last one takes the call with it', async () => {
    const lab = await Lab.open();
    const [fake] = lab.fakes;
    for (const viaBranch of ['z1', 'z2']) await lab.offer('fork', { viaBranch });
    await lab.result(lab.engine.delete({ callId: 'fork', fromTag: 'a', viaBranch: 'z1' }));
    assert.equal(fake?.commands.at(-1)?.['via-branch'], 'z1');
    assert.equal(lab.engine.snapshot().calls, 1);
    await lab.result(lab.engine.delete({ callId: 'fork', fromTag: 'a', viaBranch: 'z2' }));
    assert.equal(lab.engine.snapshot().calls, 0);
    await lab.close();
  });

  it('a branch that forks further on: each To tag is a dialog, each answer fits', async () => {
    const lab = await Lab.open();
    await lab.offer('fork');
    for (const toTag of ['b1', 'b2', 'b1']) assert.ok((await lab.answer('fork', { toTag })).ok);
    assert.ok((await lab.offer('fork', { fromTag: 'b2', toTag: 'a', viaBranch: undefined })).ok);
    assert.equal(codeOf(await lab.offer('fork', { fromTag: 'b9', toTag: 'a' })), 'unknown-call');
    await lab.close();
  });

  it('options that cannot work are refused at once', async () => {
    await assert.rejects(createRtpengineEngine({ instances: [] }), TypeError);
    await assert.rejects(createRtpengineEngine({ instances: [{ address: 'localhost', port: 1 }] }), TypeError);
    await assert.rejects(createRtpengineEngine({ instances: [{ address: '127.0.0.1', port: 0 }] }), TypeError);
  });
});
