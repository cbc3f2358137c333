import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileSystem } from './compile.ts';
import { officeData, trunk, trunkGroup, ufipDevice } from './testing/office.ts';

describe('compileSystem', () => {
  const trunks = [trunk('t', { inboundAccount: { username: 'provider', password: 'x' } })];
  const inbound = [
    { prefix: '+4989999', digits: 4 },
    { number: '+4989777', to: '4022' },
    { number: '7', to: '4022' },
  ];
  const system = compileSystem(officeData({ trunkGroups: [trunkGroup('main', { trunks, inbound })] }));

  it('knows who signs in with a username', () => {
    assert.deepEqual(system.accounts.get('4020'), { kind: 'desk', station: 's4020' });
    assert.deepEqual(system.accounts.get('anna-clients'), { kind: 'client', ufipDevice: 'ufip-anna' });
    assert.deepEqual(system.accounts.get('provider'), { kind: 'trunk', trunkGroup: 'main', trunk: 't' });
  });

  it('knows numbers that can be called, and auxiliary ones apart from them', () => {
    assert.deepEqual([...system.numbers.keys()], ['4020', '4021', '4022', '4023', '4100']);
    assert.deepEqual(
      [...system.auxiliaryNumbers],
      [
        ['8020', 'ufip-anna'],
        ['8021', 'ufip-ben'],
        ['8023', 'ufip-david'],
      ],
    );
  });

  it('leads from station to user to UFIP device', () => {
    assert.equal(system.userOfStation.get('s4023'), 'david');
    assert.equal(system.ufipDeviceOfUser.get('david'), 'ufip-david');
    assert.equal(system.userOfStation.has('s4022'), false);
  });

  it('keeps outside numbers, not the bare digits of tie lines', () => {
    assert.deepEqual([...system.directNumbers], [['+4989777', '4022']]);
    assert.deepEqual(system.directBlocks, [{ trunkGroup: 'main', prefix: '+4989999', digits: 4 }]);
  });

  it('makes no auxiliary number callable, not even by contradictory data', () => {
    const contradictory = compileSystem(officeData({ ufipDevices: [ufipDevice('anna', '4021')] }));
    assert.equal(contradictory.numbers.has('4021'), false);
  });
});
