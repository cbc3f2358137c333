/** System data as its user meets it: a file that is wrong, stations that are signed off or out of service. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { demoSystem, exportSystem, type SystemData } from '@unisono/pbx';
import { SeededRandom } from '@unisono/sip';
import { temporaryFolder } from '../peers/index.ts';
import { Cast } from './cast.ts';
import { reasonPhraseOf, statusOf } from './scripted/messages.ts';
import type { ScriptedPhone } from './scripted/phone.ts';
import { runUnisono, startUnisono, type Unisono } from './unisono.ts';

function withStationState(data: SystemData, station: string, state: 'outOfService' | 'signedOff'): SystemData {
  return { ...data, stations: data.stations.map((one) => (one.id === station ? { ...one, state } : one)) };
}

describe('a system data file that is wrong', () => {
  const folder = temporaryFolder('system-data');
  after(() => folder.remove());

  const WRONG: Record<string, readonly [change: (data: SystemData) => SystemData, expected: RegExp]> = {
    'a UFIP device on a station that is signed off': [
      (data) => withStationState(data, '4020', 'signedOff'),
      /system\.yaml:\d+:\d+: ufipDevices\[0\]\.user: .*4020.*signed off.*\[ufipDeviceStationSignedOff\]/,
    ],
    'a number given twice': [
      (data) => ({
        ...data,
        stations: data.stations.map((one) => (one.id === '4021' ? { ...one, number: '4020' } : one)),
      }),
      /system\.yaml:\d+:\d+: stations\[2\]\.number: .*4020.*\[numberDuplicate\]/,
    ],
    'an unknown gateway': [
      (data) => ({ ...data, ufipDevices: data.ufipDevices.map((one) => ({ ...one, gateway: 'gw9' })) }),
      /system\.yaml:\d+:\d+: ufipDevices\[0\]\.gateway: There is no gateway "gw9"\. Did you mean "gw1"\? \[gatewayUnknown\]/,
    ],
    'fewer licences than devices': [
      (data) => ({ ...data, licences: { flex: 25, unifyPhone: 1 } }),
      /system\.yaml:\d+:\d+: .*\[unifyPhoneLicencesOverrun\]/,
    ],
  };

  /** What `unisono check` says to the demo company, changed. */
  async function checked(change: (data: SystemData) => SystemData) {
    const file = join(folder.path, 'system.yaml');
    writeFileSync(file, exportSystem(change(demoSystem({ random: new SeededRandom(7) }))));
    return await runUnisono('check', file);
  }

  for (const [name, [change, expected]] of Object.entries(WRONG)) {
    test(`${name} is refused by check, with its place`, async () => {
      const { output, code } = await checked(change);
      assert.equal(code, 1);
      assert.match(output, expected);
    });
  }

  test('the system does not start with it, and says the same', async () => {
    const [change] = WRONG['a UFIP device on a station that is signed off']!;
    const started = startUnisono({ adapt: change }).then((system) => system.close());
    const refusal = await started.catch((error: Error) => error.message);
    assert.match(refusal ?? '', /is not sound, and nothing of it was imported/);
    const place = (text: string) => /system\.yaml:\d+:\d+: .*$/m.exec(text)?.[0];
    assert.ok(place(refusal ?? ''));
    assert.equal(place((await checked(change)).output), place(refusal ?? ''));
  });

  test('one that is sound is said to be so, and what stands in it', async () => {
    const { output, code } = await checked((data) => data);
    assert.equal(code, 0);
    assert.match(output, /is sound\. Lindner Optik: 6 stations, 5 users/);
  });
});

describe('stations in all their states', () => {
  let system: Unisono;
  let cast: Cast;
  let reception: ScriptedPhone;
  let ben: ScriptedPhone;
  let carlaDesk: ScriptedPhone;
  let carlaClient: ScriptedPhone;

  before(async () => {
    system = await startUnisono({ adapt: (data) => withStationState(data, '4022', 'outOfService') });
    cast = new Cast(system);
    reception = await cast.scripted(system.desk('4000'));
    ben = await cast.scripted(system.desk('4021'));
    carlaDesk = await cast.scripted(system.desk('4022'));
    carlaClient = await cast.scripted(system.client('carla'));
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });

  async function dialCode(phone: ScriptedPhone, code: string): Promise<void> {
    const call = await phone.call(code);
    await call.answered();
    await call.waitForRequest('BYE');
  }

  async function refusal(phone: ScriptedPhone, number: string): Promise<string> {
    const { text } = await (await phone.call(number)).final();
    return `${statusOf(text)} ${reasonPhraseOf(text)}`;
  }

  test('a station that is signed off: calls to it and from it are refused with the reason, until it is signed on', async () => {
    await dialCode(reception, '*91');
    assert.equal(await refusal(ben, '4000'), '480 Station is signed off');
    assert.equal(await refusal(reception, '4021'), '403 Calling station is signed off');
    assert.ok(!reception.hasRung);
    await dialCode(reception, '#91');
    const call = await ben.call('4000');
    await (await reception.nextCall()).connect();
    await call.answered();
    await call.bye();
  });

  test('the station of a UFIP device cannot be signed off, at the phone or by an import, and goes on', async () => {
    assert.match(
      await refusal(ben, '*91'),
      /^403 Station 4021 is signed off, and user "ben" has a UFIP device on it\./,
    );
    const file = join(system.folder, 'signed-off.yaml');
    writeFileSync(file, exportSystem(withStationState(system.data, '4021', 'signedOff')));
    assert.match(await system.run('import', file), /\[ufipDeviceStationSignedOff\]/);
    const call = await reception.call('4021');
    await (await ben.nextCall()).connect();
    await call.answered();
    await call.bye();
  });

  test('a station that is out of service: its phone does not ring and may not call, the clients do both', async () => {
    const call = await ben.call('4022');
    const incoming = await carlaClient.nextCall();
    await Promise.all([incoming.connect(), call.answered()]);
    await call.bye();
    assert.ok(!carlaDesk.hasRung);
    assert.equal(await refusal(carlaDesk, '4021'), '403 Calling station is out of service');
    const out = await carlaClient.call('4021');
    await (await ben.nextCall()).connect();
    await out.answered();
    await out.bye();
  });

  test('an import takes effect in the running system: who has no account any more is gone', async () => {
    const file = join(system.folder, 'smaller.yaml');
    const withoutEva = {
      ...system.data,
      users: system.data.users.filter(({ id }) => id !== 'eva'),
      stations: system.data.stations.filter(({ id }) => id !== '4024'),
    };
    const eva = await cast.scripted(system.desk('4024'));
    writeFileSync(file, exportSystem(withoutEva));
    await system.run('import', file);
    await system.process.waitForOutput(/system data changed by another process/, 5_000);
    assert.equal(await refusal(ben, '4024'), '404 Unknown number');
    assert.equal(statusOf((await eva.register()).text), 401);
    assert.ok(!eva.hasRung);
  });
});
