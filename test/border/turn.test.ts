/** A browser that may use nothing but a TURN server, with the credentials that the system gives it. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { watch } from '../interop/watch.ts';
import { type Coturn, startCoturn } from '../peers/coturn.ts';
import {
  type Baresip,
  type BrowserPhone,
  findPeer,
  type PeerName,
  type Rtpengine,
  requirePeer,
  startRtpengine,
} from '../peers/index.ts';
import { type Border, startBorder } from './border.ts';

const NEEDED: readonly PeerName[] = ['chromium', 'baresip', 'turnserver'];
const [ANNA_HZ, BEN_HZ] = [440, 660];
const SECRET = 'kept by both';

for (const engine of ['embedded', 'rtpengine'] as const)
  describe(`a browser behind a TURN server (${engine})`, () => {
    const needed: readonly PeerName[] = engine === 'rtpengine' ? [...NEEDED, 'rtpengine'] : NEEDED;
    let coturn: Coturn;
    let rtpengine: Rtpengine | undefined;
    let border: Border;
    let ben: Baresip;
    let web: BrowserPhone;

    before(async () => {
      if (!needed.every((peer) => findPeer(peer))) return;
      coturn = await startCoturn(SECRET);
      rtpengine = engine === 'rtpengine' ? await startRtpengine() : undefined;
      border = await startBorder({
        config: [`turn: { urls: ['${coturn.url}'], secret: ${SECRET} }`],
        ...(rtpengine ? { media: [`rtpengine: ${rtpengine.control}`] } : {}),
      });
      const credentials = await border.credentials('anna');
      [ben, web] = await Promise.all([
        border.cast.baresip(border.system.desk('4021'), BEN_HZ),
        border.client('chromium', 'anna', {
          ...credentials,
          pcConfig: { ...credentials.pcConfig, iceTransportPolicy: 'relay' },
        }),
      ]);
    });
    after(async () => {
      await border?.close();
      await rtpengine?.close();
      await coturn?.close();
    });

    const isThere = (t: TestContext) => requirePeer(t, ...needed);

    async function assertRelayed(id: number): Promise<void> {
      await Promise.all([web.waitForTone(id, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
      const { candidateTypes } = await web.figures(id);
      assert.deepEqual([...new Set(candidateTypes)], ['relay']);
    }

    test('calls a phone inside', async (t) => {
      if (!isThere(t)) return;
      const seen = watch(ben);
      const id = await web.call('sip:4021@127.0.0.1', ANNA_HZ);
      await seen.event('CALL_INCOMING');
      await ben.answer();
      await assertRelayed(id);
      await web.hangUp(id);
      await seen.event('CALL_CLOSED');
    });

    test('is called by a phone inside', async (t) => {
      if (!isThere(t)) return;
      const known = (await web.view()).calls.length;
      await ben.dial('4020');
      const { id } = await web.waitForCall(known);
      await web.answer(id, ANNA_HZ);
      await assertRelayed(id);
      await web.hangUp(id);
    });
  });
