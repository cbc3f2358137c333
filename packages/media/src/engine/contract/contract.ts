import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { originOf, sessionVersion } from '../../sdp/scan.ts';
import type { MediaEngine, MediaEngineErrorCode } from '../engine.ts';
import { codeOf, converse, hear, hearNothing, KINDS, type Kind, Stage, sdpOf, until } from './stage.ts';

/** A media engine and what has to be ended after it. */
export interface EngineUnderTest {
  readonly engine: MediaEngine;
  close(): Promise<void>;
}

export interface ContractOptions {
  /** Why the engine cannot be tried here; undefined when it can. */
  readonly skip?: string | undefined;
}

let calls = 0;

/**
 * What every media engine has to do, told by parties that hear each other or do not: each test is one call on a real
 * network.
 */
export function mediaEngineContract(
  name: string,
  start: () => Promise<EngineUnderTest>,
  { skip }: ContractOptions = {},
): void {
  describe(`media engine: ${name}`, { skip: skip ?? false }, () => {
    let test: EngineUnderTest;
    before(async () => {
      test = await start();
    });
    after(() => test?.close());

    async function staged(play: (stage: Stage) => Promise<void>): Promise<void> {
      const stage = new Stage(test.engine, `contract-${process.pid}-${++calls}`);
      try {
        await play(stage);
      } finally {
        await stage.close();
      }
    }

    /** A test that is one call. */
    const scene = (what: string, play: (stage: Stage) => Promise<void>) => it(what, () => staged(play));

    for (const from of KINDS) for (const to of KINDS) scene(`${from} calls ${to}`, (stage) => call(stage, from, to));
    describeEvents(scene);
    describeForks(scene);
    describeReoffers(scene);
    describeEnds(scene);
    describeErrors(scene);
  });
}

type Scene = (what: string, play: (stage: Stage) => Promise<void>) => void;

async function call(stage: Stage, from: Kind, to: Kind): Promise<void> {
  const [a, b] = [await stage.actor('a', from, 440), await stage.actor('b', to, 1_000)];
  await stage.exchange(a, b);
  await converse(a.party, b.party);
  await until(async () => {
    const legs = (await stage.engine.query(stage.callId))?.legs ?? [];
    assert.deepEqual(legs.map(({ tag }) => tag).sort(), ['a', 'b']);
    return legs.every((leg) => leg.packetsReceived >= 12 && leg.packetsSent >= 12 && leg.octetsReceived >= 12 * 160);
  }, 'statistics of both');
  const security = { plain: 'plain', sdes: 'sdes', web: 'dtls' } as const;
  const legs = (await stage.engine.query(stage.callId))?.legs ?? [];
  assert.deepEqual(legs.map((leg) => [leg.tag, leg.security, leg.codec]).sort(), [
    ['a', security[from], 'PCMA'],
    ['b', security[to], 'PCMA'],
  ]);
}

function describeEvents(scene: Scene): void {
  scene('digits come under the number that each listed itself', async (stage) => {
    const [a, b] = [
      await stage.phone('a', 440, { eventNumber: 126 }),
      await stage.phone('b', 1_000, { eventNumber: 101 }),
    ];
    await stage.exchange(a, b);
    await converse(a.party, b.party);
    for (const [from, to, number] of [[a, b, 101] as const, [b, a, 126] as const]) {
      to.party.heard = [];
      from.party.press(5);
      await until(() => to.party.heard.some(({ payload }) => payload.length === 4), 'the digit');
      const digit = to.party.heard.find(({ payload }) => payload.length === 4);
      assert.deepEqual([digit?.payloadType, digit?.payload[0]], [number, 5]);
    }
  });
}

function describeForks(scene: Scene): void {
  scene('three branches ring, each with ports of its own; the one that answers is heard', async (stage) => {
    const caller = await stage.actor('a', 'plain', 440);
    const offer = await caller.party.offer();
    const callees = [
      await stage.actor('b1', 'plain', 700),
      await stage.actor('b2', 'web', 1_000),
      await stage.actor('b3', 'sdes', 1_300),
    ];
    const offered: string[] = [];
    for (const [index, callee] of callees.entries()) {
      offered.push(
        sdpOf(await stage.engine.offer(stage.offerRequest(caller, callee, offer, { viaBranch: `z9hG4bK${index}` }))),
      );
    }
    assert.equal(new Set(offered.map((sdp) => /m=audio (\d+)/.exec(sdp)?.[1])).size, 3);
    const [, winner] = callees;
    assert.ok(winner);
    const key = { viaBranch: 'z9hG4bK1' };
    await stage.answer(caller, winner, await winner.party.answer(offered[1] ?? ''), key);
    await converse(caller.party, winner.party);
    for (const viaBranch of ['z9hG4bK0', 'z9hG4bK2']) {
      await stage.engine.delete({ callId: stage.callId, fromTag: 'a', viaBranch });
    }
    await converse(caller.party, winner.party);
  });

  scene('early media of one branch, then another one answers', async (stage) => {
    const caller = await stage.actor('a', 'web', 440);
    const offer = await caller.party.offer();
    const [first, second] = [await stage.actor('b1', 'plain', 700), await stage.actor('b2', 'plain', 1_000)];
    const [one, two] = [{ viaBranch: 'z9hG4bK1' }, { viaBranch: 'z9hG4bK2' }];
    const toFirst = sdpOf(await stage.engine.offer(stage.offerRequest(caller, first, offer, one)));
    const toSecond = sdpOf(await stage.engine.offer(stage.offerRequest(caller, second, offer, two)));
    await stage.answer(caller, first, await first.party.answer(toFirst), one);
    await hear(first.party, caller.party);
    const request = stage.answerRequest(caller, second, await second.party.answer(toSecond), two);
    sdpOf(await stage.engine.answer(request));
    await stage.engine.delete({ callId: stage.callId, fromTag: 'a', ...one });
    await converse(caller.party, second.party);
  });

  scene('the same answer twice (18x, 2xx) is the same description', async (stage) => {
    const [a, b] = [await stage.actor('a', 'plain', 440), await stage.actor('b', 'plain', 1_000)];
    const key = { viaBranch: 'z9hG4bK1' };
    const offered = sdpOf(await stage.engine.offer(stage.offerRequest(a, b, await a.party.offer(), key)));
    const answer = await b.party.answer(offered);
    const first = await stage.answer(a, b, answer, key);
    assert.equal(await stage.answer(a, b, answer, key), first);
    await converse(a.party, b.party);
  });
}

function describeReoffers(scene: Scene): void {
  for (const kind of KINDS) {
    scene(`hold and resume towards ${kind}: the same session, one version on each time`, async (stage) => {
      const [a, b] = [await stage.phone('a', 440), await stage.actor('b', kind, 1_000)];
      const first = await stage.exchange(a, b);
      await converse(a.party, b.party);
      const tags = { toTag: 'b' };
      a.party.direction = 'sendonly';
      const held = await stage.exchange(a, b, await a.party.offer(), tags);
      assert.match(held.offered, /a=sendonly/);
      await hear(a.party, b.party);
      a.party.direction = 'sendrecv';
      const resumed = await stage.exchange(a, b, await a.party.offer(), tags);
      await converse(a.party, b.party);
      const said = [first, held, resumed].map(({ offered }) => [originOf(offered)?.sessionId, sessionVersion(offered)]);
      assert.deepEqual(
        said.map(([id]) => id),
        Array(3).fill(said[0]?.[0]),
      );
      assert.deepEqual(
        said.map(([, version]) => version),
        ['1', '2', '3'],
      );
      assert.equal(portIn(resumed.offered), portIn(first.offered));
    });
  }

  scene('a phone goes to another port', async (stage) => {
    const [a, b] = [await stage.phone('a', 440), await stage.actor('b', 'web', 1_000)];
    await stage.exchange(a, b);
    await converse(a.party, b.party);
    await a.party.move();
    await stage.exchange(a, b, await a.party.offer(), { toTag: 'b' });
    await converse(a.party, b.party);
  });

  scene('who was called makes the next offer', async (stage) => {
    const [a, b] = [await stage.actor('a', 'web', 440), await stage.phone('b', 1_000)];
    await stage.exchange(a, b);
    await converse(a.party, b.party);
    await b.party.move();
    const { offered } = await stage.exchange(b, a, await b.party.offer(), { toTag: 'a' });
    assert.match(offered, /UDP\/TLS\/RTP\/SAVPF/);
    await converse(a.party, b.party);
  });

  scene('a browser restarts ICE', async (stage) => {
    const [a, b] = [stage.browser('a', 440), await stage.phone('b', 1_000)];
    await stage.exchange(a, b);
    await converse(a.party, b.party);
    const offer = await a.party.offer({ isRestart: true });
    await stage.exchange(a, b, offer, { toTag: 'b' });
    await converse(a.party, b.party);
  });
}

function describeEnds(scene: Scene): void {
  scene('a deleted call is silent and forgotten, and deleting it again does no harm', async (stage) => {
    const [a, b] = [await stage.actor('a', 'plain', 440), await stage.actor('b', 'plain', 1_000)];
    const before = stage.engine.snapshot().calls;
    await stage.exchange(a, b);
    await converse(a.party, b.party);
    assert.equal(stage.engine.snapshot().calls, before + 1);
    await stage.engine.delete({ callId: stage.callId, fromTag: 'a' });
    await hearNothing([a.party], b.party);
    assert.equal(await stage.engine.query(stage.callId), undefined);
    assert.equal(stage.engine.snapshot().calls, before);
    await stage.engine.delete({ callId: stage.callId });
    const late = stage.answerRequest(a, b, await b.party.offer());
    assert.equal(codeOf(await stage.engine.answer(late)), 'unknown-call');
  });

  scene('packets of a stranger do not come through, and the call goes on', async (stage) => {
    const [a, b] = [await stage.phone('a', 440), await stage.phone('b', 1_000)];
    await stage.exchange(a, b);
    await converse(a.party, b.party);
    b.party.heard = [];
    for (let i = 0; i < 5; i++) await a.party.intrude('127.0.0.66', Buffer.alloc(160, 0x11));
    await converse(a.party, b.party);
    assert.deepEqual(
      b.party.heard.filter(({ payload }) => payload.every((octet) => octet === 0x11)),
      [],
    );
  });
}

function describeErrors(scene: Scene): void {
  const offers: readonly [string, (offer: string) => string, MediaEngineErrorCode][] = [
    ['no description', () => 'hello', 'bad-sdp'],
    ['no audio', (offer) => offer.replace('m=audio', 'm=video'), 'no-audio'],
    ['an unknown transport', (offer) => offer.replace('RTP/AVP', 'TCP/TLS/RTP/SAVP'), 'unsupported-transport'],
    ['a group address', (offer) => offer.replace('c=IN IP4 127.0.0.1', 'c=IN IP4 224.0.0.7'), 'unsupported-address'],
    ['nothing to hear', (offer) => offer.replace(' 8 101', ' 101'), 'no-common-codec'],
  ];
  for (const [what, change, code] of offers) {
    scene(`an offer with ${what} is ${code}`, async (stage) => {
      const [a, b] = [await stage.phone('a', 440), await stage.phone('b', 1_000)];
      const before = stage.engine.snapshot().calls;
      assert.equal(codeOf(await stage.engine.offer(stage.offerRequest(a, b, change(await a.party.offer())))), code);
      assert.equal(stage.engine.snapshot().calls, before);
    });
  }

  const answers: readonly [string, (answer: string) => string, MediaEngineErrorCode][] = [
    ['no description', () => 'v=1', 'bad-sdp'],
    ['another codec', (answer) => answer.replace(' 8 101', ' 0 101'), 'no-common-codec'],
    ['another transport', (answer) => answer.replace('RTP/AVP', 'RTP/SAVP'), 'mismatched-answer'],
    ['another kind of stream', (answer) => answer.replace('m=audio', 'm=image'), 'mismatched-answer'],
  ];
  for (const [what, change, code] of answers) {
    scene(`an answer with ${what} is ${code}, and a better one still completes the exchange`, async (stage) => {
      const [a, b] = [await stage.phone('a', 440), await stage.phone('b', 1_000)];
      const offered = sdpOf(await stage.engine.offer(stage.offerRequest(a, b, await a.party.offer())));
      const answer = await b.party.answer(offered);
      assert.equal(codeOf(await stage.engine.answer(stage.answerRequest(a, b, change(answer)))), code);
      await stage.answer(a, b, answer);
      await converse(a.party, b.party);
    });
  }

  scene('a refused offer within a call leaves what was agreed', async (stage) => {
    const [a, b] = [await stage.phone('a', 440), await stage.phone('b', 1_000)];
    await stage.exchange(a, b);
    const bad = stage.offerRequest(a, b, (await a.party.offer()).replace('RTP/AVP', 'RTP/SAVP'), { toTag: 'b' });
    assert.equal(codeOf(await stage.engine.offer(bad)), 'unsupported-transport');
    await converse(a.party, b.party);
  });

  scene('an answer to nothing is unknown-call', async (stage) => {
    const [a, b] = [await stage.phone('a', 440), await stage.phone('b', 1_000)];
    assert.equal(codeOf(await stage.engine.answer(stage.answerRequest(a, b, await b.party.offer()))), 'unknown-call');
  });

  scene('a rejected stream is told as rejected', async (stage) => {
    const [a, b] = [await stage.phone('a', 440), await stage.phone('b', 1_000)];
    const offered = sdpOf(await stage.engine.offer(stage.offerRequest(a, b, await a.party.offer())));
    const answer = (await b.party.answer(offered)).replace(/m=audio \d+/, 'm=audio 0');
    const told = sdpOf(await stage.engine.answer(stage.answerRequest(a, b, answer)));
    assert.equal(portIn(told), '0');
  });
}

function portIn(sdp: string): string | undefined {
  return /m=audio (\d+)/.exec(sdp)?.[1];
}
