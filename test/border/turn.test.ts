/** A browser that may use nothing but a TURN server, with the credentials that the system gives it. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Coturn, startCoturn } from '../peers/coturn.ts';
import {
  type BrowserName,
  findPeer,
  type PeerName,
  type Rtpengine,
  requirePeer,
  startRtpengine,
} from '../peers/index.ts';
import { type Border, startBorder } from './border.ts';
import { type Pair, type PairCall, startPair } from './pair.ts';

const SECRET = 'kept by both';
const BROWSERS: readonly (readonly [BrowserName, readonly PeerName[]])[] = [
  ['chromium', ['chromium']],
  ['firefox', ['firefox-esr', 'pulseaudio']],
];
const areThere = (peers: readonly PeerName[]) => peers.every((peer) => findPeer(peer));

for (const engine of ['embedded', 'rtpengine'] as const)
  describe(`behind a TURN server (${engine})`, () => {
    const needed: readonly PeerName[] = ['baresip', 'turnserver', ...(engine === 'rtpengine' ? [engine] : [])];
    let coturn: Coturn;
    let rtpengine: Rtpengine | undefined;
    let border: Border;

    before(async () => {
      if (!areThere(needed)) return;
      coturn = await startCoturn(SECRET);
      rtpengine = engine === 'rtpengine' ? await startRtpengine() : undefined;
      border = await startBorder({
        config: [`turn: { urls: ['${coturn.url}'], secret: ${SECRET} }`],
        ...(rtpengine ? { media: [`rtpengine: ${rtpengine.control}`] } : {}),
      });
      await Promise.all(BROWSERS.filter(([, peers]) => areThere(peers)).map(([browser]) => border.browser(browser)));
    });
    after(async () => {
      await border?.close();
      await rtpengine?.close();
      await coturn?.close();
    });

    for (const [browser, peers] of BROWSERS)
      describe(browser, () => {
        const all = [...needed, ...peers];
        let pair: Pair;

        before(async () => {
          if (!areThere(all)) return;
          const credentials = await border.credentials('anna');
          const pcConfig = { ...credentials.pcConfig, iceTransportPolicy: 'relay' as const };
          const web = border.client(browser, 'anna', { ...credentials, pcConfig });
          pair = await startPair(border.cast, border.system, web);
        });
        after(async () => {
          await pair?.web.stop();
          await border?.cast.close();
        });

        const isThere = (t: TestContext) => requirePeer(t, ...all);

        async function assertRelayed({ id }: PairCall): Promise<void> {
          const { candidateTypes } = await pair.web.figures(id);
          assert.deepEqual([...new Set(candidateTypes)], ['relay']);
        }

        test('calls a phone inside', async (t) => {
          if (!isThere(t)) return;
          const call = await pair.annaCalls();
          await assertRelayed(call);
          await call.annaHangsUp();
        });

        test('is called by a phone inside', async (t) => {
          if (!isThere(t)) return;
          const call = await pair.benCalls();
          await assertRelayed(call);
          await call.annaHangsUp();
        });
      });
  });
