import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { licenceUse } from './licences.ts';
import { originate } from './routing/originate.ts';
import { office, officeData } from './testing/office.ts';

describe('licenceUse', () => {
  it('counts a Flex licence for every station, with a phone or not, and none for UFIP devices', () => {
    assert.deepEqual(licenceUse(officeData()), {
      flex: { grantedCount: 10, usedCount: 4, freeCount: 6 },
      unifyPhone: { grantedCount: 5, usedCount: 3, freeCount: 2 },
    });
  });

  it('lets calls through when licences have run out', () => {
    const system = office({ licences: { flex: 0, unifyPhone: 0 } });
    assert.equal(licenceUse(system.data).flex.freeCount, -4);
    assert.equal(originate(system, { from: 'client', ufipDevice: 'ufip-anna' }, '4021').kind, 'station');
  });
});
