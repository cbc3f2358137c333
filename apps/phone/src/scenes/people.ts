import type { OtherCall, PhoneState } from '@unisono/phone';

const PEOPLE = [
  ['Anna Lindner', '4020'],
  ['Ben Okafor', '4021', 'free'],
  ['Carla Rossi', '4022', 'inCall'],
  ['David Chen', '4023', 'free'],
  ['Eva Novak', '4024', 'away'],
  ['Farid Haddad', '4025', 'inCall'],
  ['Greta Sommer', '4026', 'free'],
  ['Workshop', '4030'],
] as const;

/** What differs from the phone of the tests: people enough for a picture. */
export function firstScene(): Partial<PhoneState> {
  return {
    favourites: {
      version: 1,
      list: PEOPLE.slice(1).map(([name, number, presence]) =>
        presence === undefined ? { name, number } : { name, number, presence },
      ),
    },
  };
}

/** A call on the desk phone, and one that rings on another app. */
export function callsElsewhere(nowMs: number): OtherCall[] {
  return [
    {
      id: 'other-1',
      direction: 'outgoing',
      phase: 'active',
      party: { name: 'Carla Rossi', number: '4022' },
      device: 'desk',
      sinceMs: nowMs - 133_000,
      isMuted: false,
      canPull: true,
    },
    {
      id: 'other-2',
      direction: 'incoming',
      phase: 'alerting',
      party: { number: '+49301234567' },
      device: 'client',
      sinceMs: nowMs - 4_000,
      isMuted: false,
      canPull: true,
    },
  ];
}
