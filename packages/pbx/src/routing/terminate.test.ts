import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileSystem } from '../compile.ts';
import type { StationState, UserSettings } from '../model/index.ts';
import { office, officeData, officeOfAnna, station, user } from '../testing/office.ts';
import type { CalleeState, DivertReason, Plan } from './plan.ts';
import { MAX_CALLS_PER_USER, terminate, whenUnreached } from './terminate.ts';

const MOBILE = '+491711234567';

/** A plan in one line: `desk+clients` · `desk, clients@8` · `→ number (reason)` · `voicemail (reason)` · `486 busy`. */
function brief(plan: Plan): string {
  switch (plan.kind) {
    case 'ring':
      return plan.stages
        .map(({ afterSec, targets }) => targets.join('+') + (afterSec === 0 ? '' : `@${afterSec}`))
        .join(', ');
    case 'deflect':
      return `→ ${plan.target} (${plan.reason})`;
    case 'voicemail':
      return `voicemail (${plan.reason})`;
    case 'refuse':
      return `${plan.status} ${plan.code}`;
  }
}

interface Situation {
  readonly calls?: number;
  /** Which of desk and clients are registered; both unless said. */
  readonly registered?: 'desk' | 'clients' | 'none';
  readonly state?: StationState;
}

function planFor(settings: Partial<UserSettings>, { calls = 0, registered, state = 'inService' }: Situation): Plan {
  const data = officeData();
  const stations = [station('4020', 'Anna', { state }), ...data.stations.slice(1)];
  const system = officeOfAnna({ alternativeNumber: MOBILE, ...settings }, { stations });
  return terminate(system, 's4020', {
    isDeskRegistered: registered === undefined || registered === 'desk',
    areClientsRegistered: registered === undefined || registered === 'clients',
    callCount: calls,
  });
}

type Case = readonly [name: string, settings: Partial<UserSettings>, situation: Situation, plan: string];

const PLANS: readonly Case[] = [
  ['default routing rings everything at the same moment', {}, {}, 'desk+clients'],
  ['a second call rings everywhere too', {}, { calls: 1 }, 'desk+clients'],
  ['a third call gets busy', {}, { calls: 2 }, '486 busy'],
  ['with the desk phone unplugged the clients ring', {}, { registered: 'clients' }, 'clients'],
  ['with the desk phone out of service the clients ring', {}, { state: 'outOfService' }, 'clients'],
  [
    'out of service and no clients: nobody is reachable',
    {},
    { state: 'outOfService', registered: 'desk' },
    '480 unreachable',
  ],
  ['with no client registered the desk phone rings', {}, { registered: 'desk' }, 'desk'],
  ['with nothing registered nobody is reachable', {}, { registered: 'none' }, '480 unreachable'],
  ['signed off: refused, whatever is registered', {}, { state: 'signedOff' }, '480 stationSignedOff'],
  ['signed off: refused before any routing', { routing: 'voicemail' }, { state: 'signedOff' }, '480 stationSignedOff'],
  [
    'desk first, clients after eight seconds',
    { ringOrder: { order: 'deskFirst', afterSec: 8 } },
    {},
    'desk, clients@8',
  ],
  [
    'clients first, desk after five seconds',
    { ringOrder: { order: 'clientsFirst', afterSec: 5 } },
    {},
    'clients, desk@5',
  ],
  [
    'desk first without a desk phone rings the clients at once',
    { ringOrder: { order: 'deskFirst', afterSec: 8 } },
    { registered: 'clients' },
    'clients',
  ],
  [
    'clients first without clients rings the desk at once',
    { ringOrder: { order: 'clientsFirst', afterSec: 8 } },
    { registered: 'desk' },
    'desk',
  ],
  [
    'the order holds for the second call',
    { ringOrder: { order: 'deskFirst', afterSec: 8 } },
    { calls: 1 },
    'desk, clients@8',
  ],
  ['desk phone only', { routing: 'deskPhoneOnly' }, {}, 'desk'],
  ['desk phone only: the second call waits there', { routing: 'deskPhoneOnly' }, { calls: 1 }, 'desk'],
  ['desk phone only: a third call gets busy', { routing: 'deskPhoneOnly' }, { calls: 2 }, '486 busy'],
  ['desk phone only and unplugged', { routing: 'deskPhoneOnly' }, { registered: 'clients' }, '480 unreachable'],
  [
    'desk phone only and unplugged, voicemail when nobody answers',
    { routing: 'deskPhoneOnly', noAnswer: 'voicemail' },
    { registered: 'clients' },
    'voicemail (unreachable)',
  ],
  ['clients only', { routing: 'clientsOnly' }, {}, 'clients'],
  ['clients only and none registered', { routing: 'clientsOnly' }, { registered: 'desk' }, '480 unreachable'],
  ['alternative number', { routing: 'alternativeNumber' }, {}, `→ ${MOBILE} (unconditional)`],
  [
    'alternative number, however busy',
    { routing: 'alternativeNumber', busy: 'busySignal' },
    { calls: 2 },
    `→ ${MOBILE} (unconditional)`,
  ],
  ['voicemail', { routing: 'voicemail' }, {}, 'voicemail (unconditional)'],
  ['other: the fixed target', { routing: 'other', fixedTarget: '4021' }, {}, '→ 4021 (unconditional)'],
  ['busy signal for the second call', { busy: 'busySignal' }, { calls: 1 }, '486 busy'],
  ['busy signal leaves the first call alone', { busy: 'busySignal' }, {}, 'desk+clients'],
  [
    'busy: the second call goes to the alternative number',
    { busy: 'alternativeNumber' },
    { calls: 1 },
    `→ ${MOBILE} (busy)`,
  ],
  ['busy: the second call goes to voicemail', { busy: 'voicemail' }, { calls: 1 }, 'voicemail (busy)'],
  ['busy: so does the third', { busy: 'voicemail' }, { calls: 2 }, 'voicemail (busy)'],
  [
    'busy settings are not in force with desk phone only',
    { routing: 'deskPhoneOnly', busy: 'busySignal' },
    { calls: 1 },
    'desk',
  ],
  [
    'busy settings are not in force with clients only',
    { routing: 'clientsOnly', busy: 'voicemail' },
    { calls: 1 },
    'clients',
  ],
  [
    'unreachable follows the no-answer rule to voicemail',
    { noAnswer: 'voicemail' },
    { registered: 'none' },
    'voicemail (unreachable)',
  ],
  [
    'unreachable follows the no-answer rule elsewhere',
    { noAnswer: 'alternativeNumber' },
    { registered: 'none' },
    `→ ${MOBILE} (unreachable)`,
  ],
];

describe('terminate', () => {
  for (const [name, settings, situation, plan] of PLANS) {
    it(name, () => assert.equal(brief(planFor(settings, situation)), plan));
  }

  it('rings a lobby phone that is nobody’s', () => {
    const plan = terminate(office(), 's4022', { isDeskRegistered: true, areClientsRegistered: false, callCount: 0 });
    assert.equal(brief(plan), 'desk');
  });

  it('rings the clients of a person without any phone', () => {
    const plan = terminate(office(), 's4023', { isDeskRegistered: false, areClientsRegistered: true, callCount: 0 });
    assert.equal(brief(plan), 'clients');
  });

  it('does not know a station that is not there', () => {
    const plan = terminate(office(), '8020', { isDeskRegistered: true, areClientsRegistered: true, callCount: 0 });
    assert.equal(brief(plan), '404 unknownNumber');
  });

  it('has no voicemail for a user without a mailbox', () => {
    const anna = { ...user('anna', '4020', { routing: 'voicemail' }), mailbox: false };
    const plan = terminate(office({ users: [anna] }), 's4020', REGISTERED);
    assert.equal(brief(plan), '480 unreachable');
  });
});

const REGISTERED: CalleeState = { isDeskRegistered: true, areClientsRegistered: true, callCount: 0 };

describe('a call whose next number was not reached', () => {
  const ALL_TO_MOBILE = { routing: 'alternativeNumber' } as const;
  type Ended = readonly [
    name: string,
    reason: DivertReason,
    settings: Partial<UserSettings>,
    calls: number,
    mailbox: boolean,
    plan: string,
  ];
  const cases: readonly Ended[] = [
    ['every call is sent on: the own devices ring', 'unconditional', ALL_TO_MOBILE, 0, true, 'desk+clients'],
    [
      'and the busy settings hold, which do not try that number again',
      'unconditional',
      { ...ALL_TO_MOBILE, busy: 'alternativeNumber' },
      1,
      true,
      'voicemail (busy)',
    ],
    [
      'without a mailbox they say busy',
      'unconditional',
      { ...ALL_TO_MOBILE, busy: 'alternativeNumber' },
      1,
      false,
      '486 busy',
    ],
    ['a third call gets busy', 'unconditional', ALL_TO_MOBILE, 2, true, '486 busy'],
    ['a fixed target is left in the same way', 'unconditional', { routing: 'other' }, 0, true, 'desk+clients'],
    ['no answer: the mailbox', 'noAnswer', { noAnswer: 'alternativeNumber' }, 0, true, 'voicemail (noAnswer)'],
    ['no answer and no mailbox', 'noAnswer', { noAnswer: 'alternativeNumber' }, 0, false, '480 noAnswer'],
    ['busy: the mailbox', 'busy', { busy: 'alternativeNumber' }, 1, true, 'voicemail (busy)'],
    ['busy and no mailbox', 'busy', { busy: 'alternativeNumber' }, 1, false, '486 busy'],
    ['declined and no mailbox', 'declined', { noAnswer: 'alternativeNumber' }, 0, false, '603 declined'],
  ];
  for (const [name, reason, settings, callCount, mailbox, plan] of cases) {
    it(name, () => {
      const anna = { ...user('anna', '4020', { alternativeNumber: MOBILE, ...settings }), mailbox };
      const deflection = { kind: 'deflect', target: MOBILE, reason, station: 's4020', visited: ['s4020'] } as const;
      const system = office({ users: [anna] });
      assert.equal(brief(whenUnreached(system, deflection, { ...REGISTERED, callCount })), plan);
    });
  }

  it('and whose devices do not answer either goes to the mailbox', () => {
    const anna = user('anna', '4020', { ...ALL_TO_MOBILE, noAnswer: 'alternativeNumber', alternativeNumber: MOBILE });
    const system = office({ users: [anna] });
    const first = terminate(system, 's4020', REGISTERED);
    assert.ok(first.kind === 'deflect');
    const then = whenUnreached(system, first, REGISTERED);
    assert.ok(then.kind === 'ring');
    assert.equal(brief(then.onNoAnswer), 'voicemail (noAnswer)');
  });
});

describe('a ringing plan', () => {
  const ends: readonly [name: string, settings: Partial<UserSettings>, ends: readonly string[]][] = [
    [
      'without rules: no answer, busy, declined, unreachable as they are',
      {},
      ['480 noAnswer', '486 busy', '603 declined', '480 unreachable'],
    ],
    [
      'no answer to voicemail takes declined and unreachable along',
      { noAnswer: 'voicemail' },
      ['voicemail (noAnswer)', '486 busy', 'voicemail (declined)', 'voicemail (unreachable)'],
    ],
    [
      'no answer to the alternative number likewise',
      { noAnswer: 'alternativeNumber' },
      [`→ ${MOBILE} (noAnswer)`, '486 busy', `→ ${MOBILE} (declined)`, `→ ${MOBILE} (unreachable)`],
    ],
    [
      'a device that answers busy meets the busy settings',
      { busy: 'voicemail' },
      ['480 noAnswer', 'voicemail (busy)', '603 declined', '480 unreachable'],
    ],
  ];
  for (const [name, settings, expected] of ends) {
    it(name, () => {
      const plan = planFor(settings, {});
      assert.ok(plan.kind === 'ring');
      const { onNoAnswer, onBusy, onDecline, onUnreachable } = plan;
      assert.deepEqual([onNoAnswer, onBusy.outcome, onDecline, onUnreachable].map(brief), expected);
    });
  }

  it('lets the first busy device decide only when a busy setting is chosen', () => {
    const decidedBy = (settings: Partial<UserSettings>) => {
      const plan = planFor(settings, {});
      return plan.kind === 'ring' && plan.onBusy.decidedBy;
    };
    assert.equal(decidedBy({}), 'allDevices');
    assert.equal(decidedBy({ busy: 'busySignal' }), 'anyDevice');
    assert.equal(decidedBy({ busy: 'busySignal', routing: 'deskPhoneOnly' }), 'allDevices');
  });

  it('rings as long as the user wants, else as the system says', () => {
    const ringSec = (settings: Partial<UserSettings>) => {
      const plan = planFor(settings, {});
      return plan.kind === 'ring' && plan.ringSec;
    };
    assert.equal(ringSec({}), 20);
    assert.equal(ringSec({ ringSec: 45 }), 45);
  });

  it('says when it is call waiting', () => {
    const waits = (calls: number) => {
      const plan = planFor({}, { calls });
      return plan.kind === 'ring' && plan.isCallWaiting;
    };
    assert.deepEqual([waits(0), waits(1)], [false, true]);
  });

  it('remembers the stations a call was sent away from', () => {
    const system = officeOfAnna({ routing: 'alternativeNumber', alternativeNumber: '4021' });
    const plan = terminate(system, 's4020', { ...REGISTERED, visited: ['s4022'] });
    assert.deepEqual(plan.kind === 'deflect' && plan.visited, ['s4022', 's4020']);
  });
});

const anySettings: fc.Arbitrary<Partial<UserSettings>> = fc.record({
  routing: fc.constantFrom('default', 'deskPhoneOnly', 'clientsOnly', 'alternativeNumber', 'voicemail'),
  busy: fc.constantFrom('default', 'busySignal', 'alternativeNumber', 'voicemail'),
  noAnswer: fc.constantFrom('none', 'alternativeNumber', 'voicemail'),
  ringOrder: fc.constantFrom(
    { order: 'simultaneous' },
    { order: 'deskFirst', afterSec: 5 },
    { order: 'clientsFirst', afterSec: 5 },
  ),
});

const anyState: fc.Arbitrary<CalleeState> = fc.record({
  isDeskRegistered: fc.boolean(),
  areClientsRegistered: fc.boolean(),
  callCount: fc.nat({ max: 4 }),
});

describe('every plan', () => {
  const anyStation = fc.constantFrom<StationState>('inService', 'outOfService', 'signedOff');
  const holds = (check: (plan: Plan, state: CalleeState, settings: UserSettings) => void) =>
    fc.assert(
      fc.property(anySettings, anyState, anyStation, fc.boolean(), (settings, state, stationState, mailbox) => {
        const anna = { ...user('anna', '4020', { alternativeNumber: MOBILE, ...settings }), mailbox };
        const data = officeData({ users: [anna] });
        const stations = [station('4020', 'Anna', { state: stationState }), ...data.stations.slice(1)];
        check(terminate(compileSystem({ ...data, stations }), 's4020', state), state, anna.settings);
      }),
      { numRuns: 500 },
    );

  it('never rings a third call', () => {
    holds((plan, { callCount }) => assert.ok(plan.kind !== 'ring' || callCount < MAX_CALLS_PER_USER));
  });

  it('rings only what is registered, each once, the first at once', () => {
    holds((plan, state) => {
      if (plan.kind !== 'ring') return;
      const targets = plan.stages.flatMap((stage) => stage.targets);
      assert.equal(new Set(targets).size, targets.length);
      assert.ok(targets.length > 0 && plan.stages[0]?.afterSec === 0);
      assert.ok(state.isDeskRegistered || !targets.includes('desk'));
      assert.ok(state.areClientsRegistered || !targets.includes('clients'));
      assert.ok(plan.stages.every((stage) => stage.targets.length > 0 && stage.afterSec < plan.ringSec));
    });
  });

  it('is busy or rings, never both: with a busy setting chosen a busy user does not ring', () => {
    holds((plan, { callCount }, { routing, busy }) => {
      if (routing === 'default' && busy !== 'default' && callCount > 0) assert.notEqual(plan.kind, 'ring');
    });
  });
});
