/**
 * The torture messages of RFC 4475 and RFC 5118 at the doors of the border, over UDP, TCP and secure WebSocket: each is answered as
 * judged, and the next request as if nothing had been.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { statusOf } from '../interop/scripted/messages.ts';
import { ScriptedPhone } from '../interop/scripted/phone.ts';
import { openTcp, openUdp, openWebSocket, type Wire } from '../interop/scripted/wire.ts';
import { ANSWER_MS, answersOverUdp, SETTLE_MS, tortureMessage, tortureMessages } from '../interop/torture.ts';
import { PORT_OFFSETS, startUnisono, type Unisono } from '../interop/unisono.ts';
import { type PortBlock, reservePorts } from '../peers/index.ts';

/**
 * A status: it is answered so. `nothing`: no answer is due. `waits`: on a stream the message is not over yet. `closes`: what follows
 * cannot be found in the stream, which is closed, after the answer if one is named.
 */
type Outcome = number | 'nothing' | 'waits' | 'closes' | readonly [number, 'closes'];

interface Judgement {
  readonly udp: number | 'nothing';
  readonly tcp: Outcome;
  readonly wss: Outcome;
}

const onAll = (outcome: number | 'nothing'): Judgement => ({ udp: outcome, tcp: outcome, wss: outcome });
/** Whoever sends rubbish by datagrams, which may be forged, is told nothing. */
const MALFORMED: Judgement = { udp: 'nothing', tcp: 400, wss: 400 };

const JUDGEMENTS: Record<string, Judgement> = {
  'rfc4475/badaspec': MALFORMED,
  'rfc4475/badbranch': onAll(200),
  'rfc4475/baddate': onAll(407),
  'rfc4475/baddn': { udp: 'nothing', tcp: 'waits', wss: 400 },
  'rfc4475/badinv01': MALFORMED,
  'rfc4475/badvers': { udp: 'nothing', tcp: 505, wss: 505 },
  'rfc4475/bcast': onAll('nothing'),
  'rfc4475/bext01': onAll(420),
  'rfc4475/bigcode': { udp: 'nothing', tcp: 'closes', wss: 'closes' },
  // A frame of a WebSocket is one message: one that says it is longer is malformed, and not waited for.
  'rfc4475/clerr': { udp: 'nothing', tcp: 'waits', wss: 400 },
  'rfc4475/cparam01': onAll(401),
  'rfc4475/cparam02': onAll(401),
  // The second request's body is longer than it says: what follows is none, and the connection closes before the gateway answers.
  'rfc4475/dblreq': { udp: 401, tcp: 'closes', wss: 401 },
  'rfc4475/esc01': onAll(407),
  'rfc4475/esc02': onAll(501),
  'rfc4475/escnull': onAll(401),
  'rfc4475/escruri': onAll(400),
  'rfc4475/insuf': MALFORMED,
  // Methods and schemes that are unknown are the gateway's to refuse.
  'rfc4475/intmeth': onAll(501),
  // No Contact; and without Content-Length nobody knows where it ends in a stream.
  'rfc4475/inv2543': { udp: 400, tcp: [400, 'closes'], wss: 400 },
  'rfc4475/invut': onAll(415),
  'rfc4475/longreq': onAll(407),
  'rfc4475/ltgtruri': MALFORMED,
  'rfc4475/lwsdisp': onAll(200),
  'rfc4475/lwsruri': MALFORMED,
  'rfc4475/lwsstart': MALFORMED,
  'rfc4475/mcl01': { udp: 'nothing', tcp: [400, 'closes'], wss: 400 },
  'rfc4475/mismatch01': MALFORMED,
  'rfc4475/mismatch02': MALFORMED,
  'rfc4475/mpart01': onAll(405),
  'rfc4475/multi01': MALFORMED,
  'rfc4475/ncl': { udp: 'nothing', tcp: [400, 'closes'], wss: 400 },
  'rfc4475/noreason': onAll('nothing'),
  'rfc4475/novelsc': onAll(416),
  'rfc4475/quotbal': MALFORMED,
  'rfc4475/regaut01': onAll(401),
  'rfc4475/regbadct': onAll(400),
  'rfc4475/regescrt': onAll(401),
  'rfc4475/scalar02': MALFORMED,
  'rfc4475/scalarlg': onAll('nothing'),
  'rfc4475/sdp01': onAll(407),
  'rfc4475/semiuri': onAll(200),
  'rfc4475/transports': onAll(200),
  'rfc4475/trws': MALFORMED,
  'rfc4475/unkscm': onAll(416),
  'rfc4475/unksm2': onAll(400),
  'rfc4475/unreason': onAll('nothing'),
  // Its Route leads elsewhere: the border carries nobody anywhere but to the gateways.
  'rfc4475/wsinv': onAll(403),
  // A proxy has no hop left for it (RFC 3261 §16.3).
  'rfc4475/zeromf': onAll(483),
  'rfc5118/ipv4-mapped-ipv6': onAll(407),
  'rfc5118/ipv6-bad': onAll(400),
  'rfc5118/ipv6-bug-abnf-3-colons': onAll(200),
  'rfc5118/ipv6-correct-abnf-2-colons': onAll(200),
  'rfc5118/ipv6-good': onAll(401),
  'rfc5118/ipv6-in-sdp': onAll(407),
  'rfc5118/mult-ip-in-header': onAll(481),
  'rfc5118/mult-ip-in-sdp': onAll(407),
  'rfc5118/port-ambiguous': onAll(401),
  'rfc5118/port-unambiguous': onAll(401),
  'rfc5118/via-received-param-no-delim': onAll(200),
  'rfc5118/via-received-param-with-delim': onAll(481),
};

describe('torture messages at the doors', () => {
  let system: Unisono;
  let ports: PortBlock;
  let plainPort = 0;
  const probes = {} as Record<'udp' | 'tcp' | 'wss', ScriptedPhone>;

  before(async () => {
    ports = await reservePorts();
    plainPort = ports.port(PORT_OFFSETS.doorPlain);
    system = await startUnisono({
      ports,
      border: true,
      sbc: [`udp: ${plainPort}`, `tcp: ${plainPort}`],
      lifetimeSec: 240,
    });
    const account = system.client('anna');
    const credentials = { user: account.user, password: account.password ?? '' };
    const at = `127.0.0.1:${plainPort}`;
    probes.udp = new ScriptedPhone(await openUdp(plainPort), credentials, at);
    probes.tcp = new ScriptedPhone(await openTcp(plainPort), credentials, at);
    probes.wss = new ScriptedPhone(
      await openWebSocket(system.doorWssPort, 'wss'),
      credentials,
      `127.0.0.1:${system.doorWssPort}`,
    );
  });
  after(async () => {
    await Promise.all(Object.values(probes).map((probe) => probe.close()));
    await system?.close();
  });

  async function assertAlive(door: 'udp' | 'tcp' | 'wss'): Promise<void> {
    const { text } = await probes[door].request('OPTIONS', `sip:127.0.0.1:${plainPort}`);
    assert.equal(statusOf(text), 200);
  }

  test('every vector is judged', () => {
    assert.deepEqual(tortureMessages(), Object.keys(JUDGEMENTS).sort());
  });

  for (const [name, { udp, tcp, wss }] of Object.entries(JUDGEMENTS)) {
    test(`${name}: ${udp} over UDP`, async () => {
      const isDue = udp !== 'nothing';
      const statuses = await answersOverUdp(plainPort, tortureMessage(name), isDue, () => assertAlive('udp'));
      // An INVITE that nobody acknowledges is answered more than once.
      assert.deepEqual([...new Set(statuses)], isDue ? [udp] : []);
    });

    test(`${name}: ${tcp} over TCP`, async () => {
      await assertOutcome('tcp', await openTcp(plainPort), tortureMessage(name), tcp);
    });

    test(`${name}: ${wss} over WSS`, async () => {
      await assertOutcome('wss', await openWebSocket(system.doorWssPort, 'wss'), tortureMessage(name), wss);
    });
  }

  test('nothing of it was a fault of the program', () => {
    assert.doesNotMatch(system.process.output, /a fault of the program/);
  });

  type Connection = Wire & { readonly socket: { once(event: 'close', listener: () => void): unknown } };

  async function assertOutcome(door: 'tcp' | 'wss', wire: Connection, octets: Buffer, outcome: Outcome): Promise<void> {
    let isClosed = false;
    wire.socket.once('close', () => (isClosed = true));
    const status = typeof outcome === 'number' ? outcome : typeof outcome === 'string' ? undefined : outcome[0];
    const closes = outcome === 'closes' || Array.isArray(outcome);
    wire.send(octets);
    await assertAlive(door);
    const deadline = performance.now() + (status !== undefined || closes ? ANSWER_MS : SETTLE_MS);
    const isSettled = () => (status === undefined || wire.inbox.received.length > 0) && (!closes || isClosed);
    while (performance.now() < deadline && !(isSettled() && (status !== undefined || closes))) await delay(5);
    const [first] = wire.inbox.received;
    assert.equal(first && statusOf(first.text), status);
    assert.equal(isClosed, closes);
    await wire.close();
  }
});
