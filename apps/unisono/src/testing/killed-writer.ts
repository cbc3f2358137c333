// Started by stores/kill.test.ts: stores without end and prints what is durable, until it is killed.
import { demoSystem } from '@unisono/pbx';
import { SystemClock } from '@unisono/sip';
import { createCallRecordStore } from '../stores/call-record-store.ts';
import { openStore } from '../stores/open-store.ts';
import { createRegistrationStore } from '../stores/registration-store.ts';
import { createSystem, loadSystem } from '../stores/system-store.ts';
import { bindingOf } from './bindings.ts';
import { answeredCall } from './call-records.ts';

const [path = '', round = ''] = process.argv.slice(2);
const store = await openStore(path);
const system =
  loadSystem(store, Date.now) ?? createSystem(store, demoSystem({ random: { int: () => 0 } }), 'demo', Date.now);
const fail = (error: Error): never => {
  throw error;
};
const records = createCallRecordStore(store, new SystemClock(), fail);
const registrations = createRegistrationStore(store, Date.now, fail);

for (let number = 0; ; number++) {
  const ids = Array.from({ length: 20 }, (_, index) => `r${round}-${number}-${index}`);
  for (const id of ids) {
    records.open({ ...answeredCall(id), endedAtMs: undefined, result: undefined });
    records.close(answeredCall(id));
    registrations.save(bindingOf(`desk:${id}`, 'k', Number.MAX_SAFE_INTEGER));
  }
  // Writes keep their order, so when this one is done the ones before it are.
  await store.writer.written([]);
  const ringSec = 10 + (number % 40);
  const changed = system.apply({ kind: 'userSettings', user: 'anna', settings: { ringSec } });
  if (!changed.ok) throw new Error(changed.message);
  process.stdout.write(`${JSON.stringify({ ids, version: system.version, ringSec })}\n`);
}
