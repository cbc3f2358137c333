/**
 * The torture messages of RFC 4475 and RFC 5118 on the wire, over UDP and TCP: each is answered as judged, and the system
 * answers the next request as if nothing had been.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Cast } from './cast.ts';
import { statusOf } from './scripted/messages.ts';
import type { ScriptedPhone } from './scripted/phone.ts';
import { openTcp } from './scripted/wire.ts';
import { ANSWER_MS, answersOverUdp, SETTLE_MS, tortureMessage, tortureMessages } from './torture.ts';
import { startUnisono, type Unisono } from './unisono.ts';

/**
 * A status: it is answered so. `nothing`: no answer is due, as to a response that nobody waits for. `waits`: on a stream the
 * message is not over yet. `closes`: what follows cannot be found in the stream, which is closed, after the answer if one is named.
 */
type Outcome = number | 'nothing' | 'waits' | 'closes' | readonly [number, 'closes'];

const onBoth = (outcome: Outcome) => ({ udp: outcome, tcp: outcome });

const JUDGEMENTS: Record<string, { readonly udp: Outcome; readonly tcp: Outcome }> = {
  // RFC 4475 §3.1.1: valid. Requests of strangers are challenged, a dialog that never was is unknown.
  'rfc4475/wsinv': onBoth(481),
  'rfc4475/intmeth': onBoth(501),
  'rfc4475/esc01': onBoth(407),
  'rfc4475/escnull': onBoth(401),
  'rfc4475/esc02': onBoth(501),
  'rfc4475/lwsdisp': onBoth(200),
  'rfc4475/longreq': onBoth(407),
  // On a stream the second request counts too; its body is longer than it says, so what follows is none.
  'rfc4475/dblreq': { udp: 401, tcp: [401, 'closes'] },
  'rfc4475/semiuri': onBoth(200),
  'rfc4475/transports': onBoth(200),
  'rfc4475/mpart01': onBoth(405),
  'rfc4475/unreason': onBoth('nothing'),
  'rfc4475/noreason': onBoth('nothing'),

  // §3.1.2: invalid
  'rfc4475/badinv01': onBoth(400),
  'rfc4475/clerr': { udp: 400, tcp: 'waits' },
  'rfc4475/ncl': { udp: 400, tcp: [400, 'closes'] },
  'rfc4475/scalar02': onBoth(400),
  'rfc4475/scalarlg': onBoth('nothing'),
  'rfc4475/quotbal': onBoth(400),
  'rfc4475/ltgtruri': onBoth(400),
  'rfc4475/lwsruri': onBoth(400),
  'rfc4475/lwsstart': onBoth(400),
  'rfc4475/trws': onBoth(400),
  'rfc4475/escruri': onBoth(400),
  'rfc4475/baddate': onBoth(407),
  'rfc4475/regbadct': onBoth(400),
  'rfc4475/badaspec': onBoth(400),
  'rfc4475/baddn': { udp: 400, tcp: 'waits' },
  'rfc4475/badvers': onBoth(505),
  'rfc4475/mismatch01': onBoth(400),
  'rfc4475/mismatch02': onBoth(400),
  'rfc4475/bigcode': { udp: 'nothing', tcp: 'closes' },

  // §3.2, §3.3: transaction and application layer
  'rfc4475/badbranch': onBoth(200),
  'rfc4475/insuf': onBoth(400),
  'rfc4475/unkscm': onBoth(416),
  'rfc4475/novelsc': onBoth(416),
  'rfc4475/unksm2': onBoth(400),
  'rfc4475/bext01': onBoth(420),
  'rfc4475/invut': onBoth(415),
  'rfc4475/regaut01': onBoth(401),
  'rfc4475/multi01': onBoth(400),
  'rfc4475/mcl01': { udp: 400, tcp: [400, 'closes'] },
  'rfc4475/bcast': onBoth('nothing'),
  'rfc4475/zeromf': onBoth(200),
  'rfc4475/cparam01': onBoth(401),
  'rfc4475/cparam02': onBoth(401),
  'rfc4475/regescrt': onBoth(401),
  'rfc4475/sdp01': onBoth(407),
  // Without Content-Length nobody knows where a message in a stream ends (RFC 3261 §18.3).
  'rfc4475/inv2543': { udp: 407, tcp: [400, 'closes'] },

  // RFC 5118: IPv6
  'rfc5118/ipv6-good': onBoth(401),
  'rfc5118/ipv6-bad': onBoth(400),
  'rfc5118/port-ambiguous': onBoth(401),
  'rfc5118/port-unambiguous': onBoth(401),
  'rfc5118/via-received-param-with-delim': onBoth(481),
  'rfc5118/via-received-param-no-delim': onBoth(200),
  'rfc5118/ipv6-in-sdp': onBoth(407),
  'rfc5118/mult-ip-in-header': onBoth(481),
  'rfc5118/mult-ip-in-sdp': onBoth(407),
  'rfc5118/ipv4-mapped-ipv6': onBoth(407),
  'rfc5118/ipv6-bug-abnf-3-colons': onBoth(200),
  'rfc5118/ipv6-correct-abnf-2-colons': onBoth(200),
};

describe('torture messages', () => {
  let system: Unisono;
  let cast: Cast;
  const probes = {} as Record<'udp' | 'tcp', ScriptedPhone>;

  before(async () => {
    system = await startUnisono({ lifetimeSec: 240 });
    cast = new Cast(system);
    for (const transport of ['udp', 'tcp'] as const) {
      probes[transport] = await cast.scripted(system.desk('4021'), { transport, register: false });
    }
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });

  async function assertAlive(transport: 'udp' | 'tcp'): Promise<void> {
    const { text } = await probes[transport].request('OPTIONS', `sip:127.0.0.1:${system.sipPort}`);
    assert.equal(statusOf(text), 200);
  }

  test('every vector is judged', () => {
    assert.deepEqual(tortureMessages(), Object.keys(JUDGEMENTS).sort());
  });

  for (const [id, { udp, tcp }] of Object.entries(JUDGEMENTS)) {
    test(`${id}: ${udp} over UDP`, async () => {
      const statuses = await answersOverUdp(system.sipPort, tortureMessage(id), udp !== 'nothing', () =>
        assertAlive('udp'),
      );
      // An INVITE that nobody acknowledges is answered more than once.
      assert.deepEqual([...new Set(statuses)], udp === 'nothing' ? [] : [udp]);
    });

    test(`${id}: ${tcp} over TCP`, async () => {
      const octets = tortureMessage(id);
      const wire = await openTcp(system.sipPort);
      const closed = once(wire.socket, 'close', { signal: AbortSignal.timeout(ANSWER_MS) });
      closed.catch(() => {});
      const isDue = typeof tcp !== 'string';
      wire.send(octets);
      await assertAlive('tcp');
      if (tcp === 'closes' || Array.isArray(tcp)) await closed;
      const deadline = performance.now() + (isDue ? ANSWER_MS : SETTLE_MS);
      while (performance.now() < deadline && wire.inbox.received.length === 0) await delay(5);
      const first = wire.inbox.received[0];
      const expected = typeof tcp === 'number' ? tcp : typeof tcp === 'string' ? undefined : tcp[0];
      assert.equal(first && statusOf(first.text), expected);
      if (typeof tcp === 'number' || tcp === 'nothing' || tcp === 'waits') assert.equal(wire.socket.destroyed, false);
      await wire.close();
    });
  }
});
