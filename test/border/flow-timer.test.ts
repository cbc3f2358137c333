/** Phones on connections of their own are told how often to say that they are there (RFC 5626 §4.4), and held to it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Cast } from '../interop/cast.ts';
import { ScriptedPhone } from '../interop/scripted/phone.ts';
import { openTcp } from '../interop/scripted/wire.ts';
import { PORT_OFFSETS, startUnisono, type Unisono } from '../interop/unisono.ts';
import { headerOf, type PortBlock, requirePeer, reservePorts } from '../peers/index.ts';

const FLOW_TIMER_SEC = 5;
/** A quarter is granted beyond it, and a little for a busy machine. */
const CLOSED_MS = FLOW_TIMER_SEC * 1_250 + 2_000;

describe('Flow-Timer', { concurrency: true }, () => {
  let system: Unisono;
  let cast: Cast;
  let ports: PortBlock;
  let tcpPort = 0;

  before(async () => {
    ports = await reservePorts();
    tcpPort = ports.port(PORT_OFFSETS.doorPlain);
    system = await startUnisono({
      ports,
      border: true,
      sbc: [`tcp: ${tcpPort}`, `flowTimerSec: ${FLOW_TIMER_SEC}`],
      adapt: (data) => ({
        ...data,
        stations: data.stations.map((one) => (one.device ? { ...one, device: { ...one.device, remote: true } } : one)),
      }),
    });
    cast = new Cast(system);
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });

  async function phoneByTcp(station: string, headers: readonly string[], contactParams: string) {
    const { user, password = '' } = system.desk(station);
    const wire = await openTcp(tcpPort);
    const phone = new ScriptedPhone(wire, { user, password }, `127.0.0.1:${tcpPort}`);
    const answer = await phone.register({ contact: `<sip:${user}@${wire.contactHost}>${contactParams}`, headers });
    return { wire, phone, answer };
  }

  const OUTBOUND = ';reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"';

  test('a phone that promises keep-alives and sends none loses its connection', async () => {
    const { wire, answer } = await phoneByTcp('4021', ['Supported: outbound, path'], OUTBOUND);
    assert.equal(headerOf(answer.text, 'Flow-Timer'), String(FLOW_TIMER_SEC));
    await once(wire.socket, 'close', { signal: AbortSignal.timeout(CLOSED_MS) });
  });

  test('one that sends them keeps it', async () => {
    const { wire, phone } = await phoneByTcp('4022', ['Supported: outbound, path'], OUTBOUND);
    for (let sent = 0; sent < 4; sent++) {
      await delay(FLOW_TIMER_SEC * 500);
      wire.send('\r\n\r\n');
    }
    assert.equal(wire.socket.destroyed, false);
    await phone.close();
  });

  test('one that knows nothing of it is told nothing and keeps it', async () => {
    const { wire, phone, answer } = await phoneByTcp('4024', [], '');
    assert.equal(headerOf(answer.text, 'Flow-Timer'), undefined);
    await delay(CLOSED_MS);
    assert.equal(wire.socket.destroyed, false);
    await phone.close();
  });

  test('baresip does as it is told', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    const domain = `127.0.0.1:${system.doorTlsPort}`;
    const phone = await cast.baresip(
      {
        ...system.desk('4000', 'tls'),
        domain,
        registerIntervalSec: 3_600,
        outboundProxy: `sip:${domain};transport=tls`,
        extraParameters: ';sipnat=outbound',
      },
      440,
    );
    const registered = () => phone.sipMessages().filter(({ text }) => text.startsWith('REGISTER'));
    assert.match(registered().at(-1)?.text ?? '', /reg-id=1/);
    const before = registered().length;
    await delay(CLOSED_MS + FLOW_TIMER_SEC * 1_000);
    assert.equal(registered().length, before, 'its connection was not closed');
  });
});
