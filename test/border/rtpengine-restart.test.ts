/** rtpengine is killed under a call of a browser, and started again. */
import assert from 'node:assert/strict';
import { get } from 'node:https';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { callRecords } from '../interop/unisono.ts';
import { watch } from '../interop/watch.ts';
import { findPeer, type PeerName, type Rtpengine, requirePeer, startRtpengine } from '../peers/index.ts';
import { type Border, startBorder } from './border.ts';
import { ANNA_HZ, PAIR_PEERS, type Pair, startPair } from './pair.ts';

const NEEDED: readonly PeerName[] = [...PAIR_PEERS, 'rtpengine'];
/** The engine is asked every few seconds whether it is there; a call of it ends when it is not. */
const NOTICED_MS = 20_000;

describe('rtpengine stops and starts', () => {
  let rtpengine: Rtpengine;
  let border: Border;
  let pair: Pair;

  before(async () => {
    if (!NEEDED.every((peer) => findPeer(peer))) return;
    rtpengine = await startRtpengine();
    border = await startBorder({ media: [`rtpengine: ${rtpengine.control}`] });
    pair = await startPair(border.cast, border.system, border.client('chromium', 'anna'));
  });
  after(async () => {
    await border?.close();
    await rtpengine?.close();
  });

  const isThere = (t: TestContext) => requirePeer(t, ...NEEDED);

  /** What the page for health checks at the door says. */
  function health(): Promise<number | undefined> {
    const url = `https://127.0.0.1:${border.system.doorWssPort}/health`;
    return new Promise((resolve, reject) => {
      get(url, { rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
  }

  async function waitForHealth(status: number): Promise<void> {
    for (let waitedMs = 0; waitedMs < NOTICED_MS; waitedMs += 100) {
      if ((await health()) === status) return;
      await delay(100);
    }
    assert.equal(await health(), status);
  }

  test('killed under a call: both are told and the record says why; health checks and new calls are told as well', async (t) => {
    if (!isThere(t)) return;
    const { web, ben } = pair;
    const { id, seen } = await pair.benCalls();
    assert.equal(await health(), 200);
    await rtpengine.kill();
    const { reason } = await web.waitForState(id, 'ended', NOTICED_MS);
    assert.match(
      reason,
      /^SIP;cause=503;text="The media engine has stopped: rtpengine 127\.0\.0\.1:\d+ does not answer/,
    );
    await seen.event('CALL_CLOSED');
    const [record] = await callRecords(border.system);
    assert.equal(record?.result, 'answered');
    assert.match(String(record?.detail), /^Ended at the \w+'s side: The media engine has stopped/);
    await waitForHealth(503);
    const refused = watch(ben);
    await ben.dial('4020');
    await refused.event('CALL_CLOSED');
    const outgoing = await web.call('sip:4021@127.0.0.1', ANNA_HZ);
    await web.waitForState(outgoing, 'ended');
    assert.match(border.system.process.output, /"code":"unavailable".*"hint":"the media engine does not answer/);
  });

  test('started again: health checks see it, and the next call works', async (t) => {
    if (!isThere(t)) return;
    await rtpengine.start();
    await waitForHealth(200);
    await (await pair.benCalls()).annaHangsUp();
  });

  test('killed and started again at once: the call that it had ends, though it answers', async (t) => {
    if (!isThere(t)) return;
    // rtpengine tells its age in whole seconds: of two starts within three of them one is not seen.
    await delay(3_500);
    const { web } = pair;
    const { id, seen } = await pair.benCalls();
    await rtpengine.kill();
    await rtpengine.start();
    const { reason } = await web.waitForState(id, 'ended', NOTICED_MS);
    assert.match(reason, /The media engine has stopped: rtpengine \S+ was started anew/);
    await seen.event('CALL_CLOSED');
    await waitForHealth(200);
    await (await pair.benCalls()).annaHangsUp();
  });
});
