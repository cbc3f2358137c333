import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Route, RouteElement, TrunkGroup } from '../model/index.ts';
import { office, officeData, station, trunk, trunkGroup } from '../testing/office.ts';
import type { CallerIdentity, TrunkAttempt } from './origination.ts';
import { emergencyAttempts, trunkAttempts } from './trunk-attempts.ts';

const ANNA: CallerIdentity = { number: '4020', name: 'Anna', station: 's4020', user: 'anna' };
const ZOE: CallerIdentity = { number: '+491711234567', name: 'Zoe' };
const NUMBER = '+442079460000';

const element = (trunkGroup: string, more: Partial<RouteElement> = {}): RouteElement => {
  return { trunkGroup, strip: 0, prepend: '', ...more };
};
const route = (pattern: string, ...elements: readonly RouteElement[]): Route => ({ id: pattern, pattern, elements });

describe('number manipulation', () => {
  const cases: readonly [
    name: string,
    element: Partial<RouteElement>,
    format: TrunkGroup['numberFormat'],
    sent: string,
  ][] = [
    ['nothing asked, nothing done', {}, 'e164', '+442079460000'],
    ['prepend goes before the digits, the plus goes', { prepend: '0049' }, 'e164', '0049442079460000'],
    ['strip counts digits, not the plus', { strip: 2 }, 'e164', '2079460000'],
    ['strip and prepend', { strip: 2, prepend: '+31' }, 'e164', '+312079460000'],
    ['the format comes first', { strip: 2 }, 'national', '442079460000'],
    ['strip beyond the end leaves what is prepended', { strip: 15, prepend: '7' }, 'e164', '7'],
    ['replace stands for all', { replace: '100', strip: 3, prepend: '9' }, 'e164', '100'],
  ];
  for (const [name, manipulation, numberFormat, sent] of cases) {
    it(name, () => {
      const trunkGroups = [trunkGroup('main', { numberFormat })];
      const system = office({ trunkGroups, routes: [route('*', element('main', manipulation))] });
      assert.equal(trunkAttempts(system, NUMBER, { caller: ANNA })[0]?.number, sent);
    });
  }
});

describe('overflow', () => {
  const routes = [route('*', element('first'), element('second'), element('third'))];
  it('tries groups in the order of the route, without those that are off or have no trunk left', () => {
    const second = trunkGroup('second', { trunks: [trunk('second-1', { enabled: false })] });
    const system = office({ trunkGroups: [trunkGroup('third'), second, trunkGroup('first')], routes });
    const groups = trunkAttempts(system, NUMBER, { caller: ANNA }).map((one) => one.trunkGroup);
    assert.deepEqual(groups, ['first', 'third']);
  });

  it('hands over the trunks of a group that are on, in order', () => {
    const trunks = [trunk('a'), trunk('b', { enabled: false }), trunk('c')];
    const system = office({ trunkGroups: [trunkGroup('first', { trunks })], routes });
    const [attempt] = trunkAttempts(system, NUMBER, { caller: ANNA });
    assert.deepEqual(
      attempt?.trunks.map((one) => one.id),
      ['a', 'c'],
    );
  });
});

type Shown = Pick<TrunkAttempt, 'callerNumber' | 'callerName' | 'isWithheld' | 'divertedBy'>;

describe('the caller on a trunk', () => {
  const MAIN = '+49899990';
  const block = { prefix: '+4989999', digits: 4 };
  const own = { callerNumber: '+49899994020', callerName: 'Anna', isWithheld: false };
  const cases: readonly [
    name: string,
    group: Partial<TrunkGroup>,
    caller: CallerIdentity,
    divertedBy: string | undefined,
    shown: Shown,
  ][] = [
    ['own number from the block', { inbound: [block] }, ANNA, undefined, own],
    [
      'own number from a rule of its own',
      { inbound: [{ number: '+4989777', to: '4020' }] },
      ANNA,
      undefined,
      { ...own, callerNumber: '+4989777' },
    ],
    [
      'own number in national format',
      { inbound: [block], numberFormat: 'national' },
      ANNA,
      undefined,
      { ...own, callerNumber: '0899994020' },
    ],
    ['no own number: the main number', { mainNumber: MAIN }, ANNA, undefined, { ...own, callerNumber: MAIN }],
    ['neither: the desk number, for tie lines', {}, ANNA, undefined, { ...own, callerNumber: '4020' }],
    [
      'main number',
      { callerNumber: 'mainNumber', mainNumber: MAIN, inbound: [block] },
      ANNA,
      undefined,
      { ...own, callerNumber: MAIN },
    ],
    [
      'withheld: the number is there to be asserted, the name is not',
      { callerNumber: 'withheld', inbound: [block] },
      ANNA,
      undefined,
      { callerNumber: '+49899994020', isWithheld: true },
    ],
    ['passthrough of an own call: own number', { callerNumber: 'passthrough', inbound: [block] }, ANNA, undefined, own],
    [
      'passthrough of a deflected call: the stranger’s number and name',
      { callerNumber: 'passthrough', inbound: [block] },
      ZOE,
      's4020',
      { callerNumber: '+491711234567', callerName: 'Zoe', isWithheld: false, divertedBy: '+49899994020' },
    ],
    [
      'passthrough of a stranger who withholds',
      { callerNumber: 'passthrough', mainNumber: MAIN, inbound: [block] },
      {},
      's4020',
      { callerNumber: MAIN, isWithheld: true, divertedBy: '+49899994020' },
    ],
    [
      'a stranger’s deflected call without passthrough: the station that deflects',
      { inbound: [block] },
      ZOE,
      's4020',
      { ...own, divertedBy: '+49899994020' },
    ],
    [
      'a colleague’s deflected call: the colleague',
      { inbound: [block] },
      ANNA,
      's4022',
      { ...own, divertedBy: '+49899994022' },
    ],
  ];
  for (const [name, group, caller, divertedBy, shown] of cases) {
    it(name, () => {
      const system = office({ trunkGroups: [trunkGroup('main', group)], routes: [route('*', element('main'))] });
      const [attempt] = trunkAttempts(system, NUMBER, divertedBy === undefined ? { caller } : { caller, divertedBy });
      const { trunkGroup: _group, trunks: _trunks, number: _number, ...rest } = attempt ?? assert.fail('no attempt');
      assert.deepEqual(rest, shown);
    });
  }

  it('is the station’s own outside number before any block', () => {
    const stations = [station('4020', 'Anna', { outsideNumber: '+49301234567' })];
    const [attempt] = trunkAttempts(office({ stations }), NUMBER, { caller: ANNA });
    assert.equal(attempt?.callerNumber, '+49301234567');
  });
});

describe('emergency attempts', () => {
  const groups = [
    trunkGroup('a'),
    trunkGroup('b'),
    trunkGroup('c', { callerNumber: 'withheld', mainNumber: '+4989777' }),
  ];
  const sent = (routes: readonly Route[]) =>
    emergencyAttempts(office({ trunkGroups: groups, routes }), '112', ANNA).map(
      (one) => `${one.trunkGroup}:${one.number}`,
    );

  it('go over every group when no route knows the number', () => {
    assert.deepEqual(sent([]), ['a:112', 'b:112', 'c:112']);
  });

  it('begin with the route made for the number, digits changed as it says', () => {
    assert.deepEqual(sent([route('112', element('b', { prepend: '9' }))]), ['b:9112', 'a:112', 'c:112']);
  });

  it('follow the order of a wider route and leave the digits alone', () => {
    assert.deepEqual(sent([route('*', element('c', { strip: 2 }))]), ['c:112', 'a:112', 'b:112']);
  });

  it('never withhold the number', () => {
    const attempts = emergencyAttempts(office({ trunkGroups: groups }), '112', ANNA);
    assert.ok(attempts.every((one) => !one.isWithheld && one.callerNumber !== undefined));
  });

  it('work for a caller nobody knows', () => {
    assert.equal(emergencyAttempts(office(officeData()), '112', {}).length, 2);
  });
});
