import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileSystem } from './compile.ts';
import { demoSystem } from './demo.ts';
import { originate } from './routing/originate.ts';
import { exportSystem } from './text/export-system.ts';
import { checkSystem, parseSystem } from './text/read-system.ts';

/** The same passwords at each run. */
function counting() {
  let next = 0;
  return { int: (bound: number) => next++ % bound };
}

describe('demoSystem', () => {
  const data = demoSystem({ random: counting() });

  it('is sound, and survives export and import', () => {
    assert.deepEqual(checkSystem(data), []);
    assert.deepEqual(parseSystem(exportSystem(data)), { ok: true, data });
  });

  it('has one person without any phone, who has clients', () => {
    const [noPhone, ...others] = data.stations.filter((station) => station.device === undefined);
    assert.equal(others.length, 0);
    const user = data.users.find((one) => one.deskStation === noPhone?.id);
    assert.ok(data.ufipDevices.some((device) => device.user === user?.id));
  });

  it('has numbers that can be dialled at once', () => {
    const system = compileSystem(data);
    const call = (dialled: string) => originate(system, { from: 'desk', station: '4020' }, dialled).kind;
    assert.deepEqual(['4021', '4023', '4100', '4101', '8021', '112'].map(call), [
      'station',
      'station',
      'application',
      'application',
      'refuse',
      'emergency',
    ]);
  });

  it('draws a password of its own for every device from the random it is given', () => {
    const accounts = [...data.stations.flatMap((one) => one.device ?? []), ...data.ufipDevices].map(
      (one) => one.account,
    );
    const passwords = accounts.map((account) => account.password);
    assert.equal(new Set(passwords).size, accounts.length);
    assert.deepEqual(demoSystem({ random: counting() }), data);
  });
});
