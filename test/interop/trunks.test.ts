import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SystemData, Trunk, TrunkGroup } from '@unisono/pbx';
import { requirePeer, reservePorts, runSipp, startKamailio, startSipp } from '../peers/index.ts';
import { Cast } from './cast.ts';
import { callRecords, startUnisono } from './unisono.ts';

const MAIN_NUMBER = '+4989123000';
const ANNAS_NUMBER = '+4989123020';

function trunk(id: string, port: number, more: Partial<Trunk> = {}): Trunk {
  const peer = { host: '127.0.0.1', port, transport: 'udp' as const };
  return { id, enabled: true, peer, sourceAddresses: [], optionsIntervalSec: 0, ...more };
}

/** The demo company with one trunk group that everything outside goes over. */
function withTrunks(data: SystemData, ...trunks: readonly Trunk[]): SystemData {
  const group: TrunkGroup = {
    id: 'provider',
    enabled: true,
    mainNumber: MAIN_NUMBER,
    callerNumber: 'ownNumber',
    numberFormat: 'e164',
    inbound: [{ number: ANNAS_NUMBER, to: '4020' }],
    trunks,
  };
  const elements = [{ trunkGroup: 'provider', strip: 0, prepend: '' }];
  return { ...data, trunkGroups: [group], routes: [{ id: 'all', pattern: '*', elements }] };
}

test('a provider at which we register: calls go out with digest and come in through the registration', async (t) => {
  if (!requirePeer(t, 'baresip', 'sipp', 'kamailio')) return;
  const network = await startSipp({ scenario: 'uas', pauseMs: 300 });
  t.after(() => network.close());
  const provider = await startKamailio({
    role: 'trunk',
    network: `127.0.0.1:${network.port}`,
    accounts: { customer: 'very secret' },
    customerAccount: 'customer',
  });
  t.after(() => provider.close());
  const link = trunk('kamailio', provider.port, {
    credentials: { username: 'customer', password: 'very secret' },
    registration: { domain: '127.0.0.1', expiresSec: 60 },
  });
  const system = await startUnisono({ adapt: (data) => withTrunks(data, link) });
  t.after(() => system.close());
  await system.process.waitForOutput(/trunk registered/, 8_000);
  const cast = new Cast(system);
  t.after(() => cast.close());
  const anna = await cast.baresip(system.desk('4020'), 440);

  await anna.dial('0441234567');
  await anna.waitForEvent('CALL_ESTABLISHED');
  await anna.hangup();
  await anna.waitForEvent('CALL_CLOSED');
  const [out] = await callRecords(system);
  assert.equal(out?.result, 'answered');

  const mark = anna.events.length;
  const remote = `127.0.0.1:${provider.networkPort}`;
  const inbound = runSipp({ scenario: 'uac', remote, rows: [{ user: '+44555', target: ANNAS_NUMBER }], pauseMs: 500 });
  const ringing = await anna.waitForAfter(mark, (event) => event.type === 'CALL_INCOMING');
  assert.match(ringing.peeruri ?? '', /\+44555/);
  await anna.answer();
  const result = await inbound;
  assert.ok(result.ok, result.errors);
});

test('a trunk that says nothing is passed over for the next', async (t) => {
  if (!requirePeer(t, 'baresip', 'sipp')) return;
  const ports = await reservePorts();
  t.after(() => ports.release());
  const network = await startSipp({ scenario: 'uas', pauseMs: 300 });
  t.after(() => network.close());
  const system = await startUnisono({
    adapt: (data) => withTrunks(data, trunk('silent', ports.port(0)), trunk('working', network.port)),
  });
  t.after(() => system.close());
  const cast = new Cast(system);
  t.after(() => cast.close());
  const anna = await cast.baresip(system.desk('4020'), 440);
  await anna.dial('0441234567');
  await anna.waitForEvent('CALL_ESTABLISHED');
  await anna.hangup();
  await anna.waitForEvent('CALL_CLOSED');
  const [record] = await callRecords(system);
  const legs = (record?.legs ?? []) as { kind: string; status: number }[];
  assert.deepEqual(
    legs.map(({ kind, status }) => [kind, status]),
    [
      ['trunk:provider/silent', 408],
      ['trunk:provider/working', 200],
    ],
  );
});
