/** Colleagues without clients, and places: from the phone system's data into everybody's directory. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Assistant, ChangedCalls, Contact } from '@unisono/assistant';
import { ENDPOINTS } from '@unisono/contract';
import type { Change, StationCalls } from '@unisono/pbx';
import type { SystemStore } from '../stores/system-store.ts';
import { type Any, CloudWorld, until } from '../testing/cloud-world.ts';
import { testFolder } from '../testing/folder.ts';

const folder = testFolder();
const contacts: Contact[] = [];
const changed: StationCalls[] = [];
let world: CloudWorld;
let assistant: Assistant;
let system: SystemStore;
let anna: string;

before(async () => {
  world = await CloudWorld.open(folder);
  const parts = await world.system();
  system = parts.system;
  const changedCalls = (mark: number): ChangedCalls => ({ mark: changed.length, stations: changed.slice(mark) });
  assistant = await world.assistant({ ...parts, changedCalls }, {}, () => contacts);
  anna = await world.signedIn('Anna', 'anna@lindner-optik.example');
  assistant.start();
  await until(() => assistant.cloud?.personOf('anna') !== undefined, 'Anna');
});
after(() => world.close());

/** The whole directory, as Anna reads it. */
async function directory(): Promise<Any[]> {
  const { entries } = await world.ask(ENDPOINTS.searchDirectory, {}, undefined, { token: anna });
  return entries;
}

const names = async (): Promise<string[]> => (await directory()).map(({ name }) => name);

const commit = (...changes: Change[]) => assert.ok(system.commit(changes, system.version, []).ok);

const change = (id: string, value: object) => commit({ kind: 'update', list: 'stations', id, value } as Change);

async function untilNames(...expected: string[]): Promise<void> {
  await until(async () => String(await names()) === String(expected), expected.join(', '));
}

const EVERYBODY = ['Anna X', 'Ben Okafor', 'Carla Rossi', 'David Chen', 'Eva Novak', 'Reception'];

test('everybody with a number is there once, and no number of a UFIP device', async () => {
  await untilNames(...EVERYBODY);
  const entries = await directory();
  assert.deepEqual(
    entries.map(({ numbers, source }) => `${source} ${numbers.map((one: Any) => one.number)}`),
    ['person 4020', 'station 4021', 'station 4022', 'station 4023', 'station 4024', 'station 4000'],
  );
  const stored = await world.connector.context.store.selectFrom('stations').selectAll().execute();
  for (const { number } of system.current().data.ufipDevices)
    for (const row of stored) assert.ok(!Object.values(row).includes(number), number);
});

test('who has a phone alone is shown as what they are doing, places too; a person is told as a person', async () => {
  const contact = { address: '127.0.0.1', expiresAtMs: 0 };
  contacts.push({ ...contact, device: 'desk:4024' } as Contact, { ...contact, device: 'desk:4000' } as Contact);
  const shown = async () => (await directory()).filter(({ presence }) => presence !== undefined && presence !== 'away');
  const states = async () => String((await shown()).map(({ name, presence }) => `${name} ${presence}`));
  await until(async () => (await states()) === 'Eva Novak free,Reception free', 'registered phones');
  const call = {
    id: 'c1',
    direction: 'incoming',
    state: 'connected',
    party: {},
    device: 'desk',
    startedAtMs: 1,
  } as const;
  changed.push({ station: '4000', calls: [call] }, { station: '4024', calls: [call] });
  await until(async () => (await states()) === 'Eva Novak inCall,Reception inCall', 'calls');
  changed.push({ station: '4024', calls: [] });
  contacts.splice(1);
  await until(async () => (await states()) === 'Eva Novak free,Reception inCall', 'the end of one');
});

test('a name that changes, a number signed off, one that is kept out, one that is new and deleted again', async () => {
  change('4000', { name: 'Front desk' });
  await untilNames(...EVERYBODY.slice(0, 5), 'Front desk');
  change('4024', { state: 'signedOff' });
  await untilNames('Anna X', 'Ben Okafor', 'Carla Rossi', 'David Chen', 'Front desk');
  change('4022', { unlisted: true });
  await untilNames('Anna X', 'Ben Okafor', 'David Chen', 'Front desk');
  const workshop = {
    id: '4050',
    number: '4050',
    name: 'Workshop',
    state: 'inService',
    classOfService: 'office',
  } as const;
  commit({ kind: 'create', list: 'stations', value: workshop });
  await untilNames('Anna X', 'Ben Okafor', 'David Chen', 'Front desk', 'Workshop');
  commit({ kind: 'delete', list: 'stations', id: '4050' });
  change('4024', { state: 'inService' });
  await untilNames('Anna X', 'Ben Okafor', 'David Chen', 'Eva Novak', 'Front desk');
  await until(async () => (await directory())[3].presence === 'free', 'the state of who came back');
});

test('what is told already is not told again; what the Connector has lost is', async () => {
  const { store } = world.connector.context;
  const quiet: Any = await assistant.cloud?.synchronise({ trigger: 'demand' });
  assert.equal(quiet.requests, 1, 'the people alone are asked for');
  await store.deleteFrom('stations').where('name', '=', 'Eva Novak').execute();
  await assistant.cloud?.synchronise({ trigger: 'demand', isFull: true });
  assert.deepEqual(await names(), ['Anna X', 'Ben Okafor', 'David Chen', 'Eva Novak', 'Front desk']);
});
