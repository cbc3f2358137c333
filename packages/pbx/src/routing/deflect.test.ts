import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileSystem } from '../compile.ts';
import { office, officeData, user } from '../testing/office.ts';
import { deflect, MAX_DEFLECTIONS } from './deflect.ts';
import type { CallerIdentity } from './origination.ts';
import type { Deflection } from './plan.ts';
import { terminate } from './terminate.ts';

const ZOE: CallerIdentity = { number: '+491711234567', name: 'Zoe' };

function from(station: string, target: string, visited: readonly string[] = [station]): Deflection {
  return { kind: 'deflect', target, reason: 'busy', station, visited };
}

describe('deflect', () => {
  const cases: readonly [name: string, deflection: Deflection, means: string][] = [
    ['to a colleague', from('s4020', '4021'), 'station s4021'],
    ['to an application', from('s4020', '4100'), 'application'],
    ['outside, with the rights of who deflects', from('s4020', '01721234567'), 'trunk'],
    ['not outside when they have no such right', from('s4021', '01721234567'), '403 notAllowed'],
    ['not to an auxiliary number', from('s4020', '8021'), '404 unknownNumber'],
    ['not to a number that does not exist', from('s4020', '4555'), '404 unknownNumber'],
    ['not to the emergency services', from('s4020', '112'), '403 notAllowed'],
    ['not to a feature code', from('s4020', '*22#'), '403 notAllowed'],
    ['not to itself', from('s4020', '4020'), '482 deflectionLoop'],
    ['not to itself by the outside number', from('s4020', '+49899994020'), '482 deflectionLoop'],
    ['not back to where it was', from('s4021', '4020', ['s4020', 's4021']), '482 deflectionLoop'],
    [
      'not endlessly',
      from(
        's4020',
        '4021',
        Array.from({ length: MAX_DEFLECTIONS + 1 }, (_, i) => `x${i}`),
      ),
      '483 tooManyDeflections',
    ],
    [
      'as often as the limit says',
      from(
        's4020',
        '4021',
        Array.from({ length: MAX_DEFLECTIONS }, (_, i) => `x${i}`),
      ),
      'station s4021',
    ],
    ['not from a station that is gone', from('gone', '4021'), '403 callerUnknown'],
  ];
  for (const [name, deflection, means] of cases) {
    it(name, () => {
      const call = deflect(office(), deflection, ZOE);
      const id = call.kind === 'station' ? ` ${call.station}` : '';
      assert.equal(call.kind === 'refuse' ? `${call.status} ${call.code}` : call.kind + id, means);
    });
  }

  it('keeps the caller and says who deflected, and why', () => {
    const deflection = from('s4020', '4021');
    const call = deflect(office(), deflection, ZOE);
    assert.deepEqual(call, { kind: 'station', station: 's4021', caller: ZOE, postDial: [], diversion: deflection });
  });

  it('shows the sender on a trunk', () => {
    const call = deflect(office(), from('s4020', '01721234567'), ZOE);
    assert.equal(call.kind === 'trunk' && call.attempts[0]?.divertedBy, '+49899994020');
  });

  it('ends a circle of two people who deflect to each other', () => {
    const circle = officeData({
      users: [
        user('anna', '4020', { routing: 'alternativeNumber', alternativeNumber: '4021' }),
        user('ben', '4021', { routing: 'alternativeNumber', alternativeNumber: '4020' }),
      ],
    });
    const system = compileSystem(circle);
    const state = { isDeskRegistered: true, areClientsRegistered: true, callCount: 0 };
    const first = terminate(system, 's4020', state);
    assert.ok(first.kind === 'deflect');
    const second = deflect(system, first, ZOE);
    assert.ok(second.kind === 'station' && second.diversion !== undefined);
    const third = terminate(system, second.station, { ...state, visited: second.diversion.visited });
    assert.ok(third.kind === 'deflect');
    const end = deflect(system, third, ZOE);
    assert.equal(end.kind === 'refuse' && end.code, 'deflectionLoop');
  });
});
