import type { CallParty, PhoneState, VoicemailMessage } from '../state.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 0, 15, 9, 30);

const SETTINGS = {
  routing: 'default',
  busy: 'default',
  noAnswer: 'voicemail',
  ringOrder: { order: 'simultaneous' },
  ringSec: 20,
  alternativeNumber: '+491711234567',
  earlierAlternativeNumbers: ['+491711234567', '4025'],
} as const;

const SETTINGS_VIEW = {
  settings: { ...SETTINGS, earlierAlternativeNumbers: [...SETTINGS.earlierAlternativeNumbers] },
  version: 3,
  pending: [],
  preview: {
    en: [
      'A call now would ring the desk phone and Unisono Phone for 20 seconds.',
      'A second one would ring everywhere.',
    ],
    de: [
      'Ein Anruf jetzt würde am Tischtelefon und in Unisono Phone klingeln, 20 Sekunden lang.',
      'Ein zweiter läutet überall.',
    ],
  },
  notifications: { incomingCalls: true, missedCalls: true, voicemail: true, quiet: null },
  link: { isOnline: true, sinceMs: NOW_MS },
} satisfies PhoneState['settings']['view'];

/** Colleagues who are in the directory and no favourites. */
export const FAKE_DIRECTORY: PhoneState['favourites']['list'] = [
  { name: 'David Chen', number: '4023', presence: 'away' },
  { name: 'Eva Novak', number: '4024', presence: 'free' },
  { name: 'Reception', number: '4000' },
];

/** Somebody of the demo company, signed in, with a bit of everything. */
export const FAKE_STATE: Omit<PhoneState, 'calls' | 'elsewhere'> = {
  session: {
    phase: 'signedIn',
    userId: 'u-anna',
    tenant: 'lindner-optik',
    installationId: 'i-1',
    expiresAtMs: NOW_MS + 2_000 * HOUR_MS,
  },
  line: { phase: 'ready', sinceMs: NOW_MS },
  tab: { role: 'leader' },
  me: {
    userId: 'u-anna',
    tenant: 'lindner-optik',
    tenantName: 'Lindner Optik',
    email: 'anna@lindner-optik.example',
    firstName: 'Anna',
    lastName: 'Lindner',
    displayName: 'Anna Lindner',
    role: 'user',
    phone: true,
    hasPassword: true,
    hasTotp: false,
    isFactorDue: false,
    sharesPresence: true,
  },
  desk: {
    number: '4020',
    displayName: 'Anna Lindner',
    outsideNumber: '+49894440020',
    dialling: {
      countryCode: '49',
      areaCode: '89',
      nationalPrefix: '0',
      internationalPrefix: '00',
      outsideLinePrefix: '0',
      emergencyNumbers: ['110', '112'],
      internalLengths: [4],
      featureCodes: {},
    },
    features: ['voicemail', 'callWaiting', 'transfer', 'conference', 'move'],
    voicemailNumber: '4102',
    canMerge: true,
  },
  settings: { view: SETTINGS_VIEW, shown: SETTINGS_VIEW.settings, isPending: false },
  history: {
    filter: 'all',
    search: '',
    hasMore: false,
    isLoading: false,
    missedCount: 1,
    entries: [
      entry(1, 'incoming', '4021', 'Ben Okafor', 'noAnswer'),
      entry(2, 'outgoing', '4022', 'Carla Rossi', 'answered'),
      entry(3, 'incoming', '+4930123456', undefined, 'answeredElsewhere'),
      { ...entry(4, 'incoming', '4023', 'David Chen', 'deflected'), reason: 'busy', deflectedTo: { number: '4102' } },
      entry(5, 'outgoing', '+491701234567', undefined, 'busy'),
    ],
  },
  directory: { presences: {} },
  favourites: {
    version: 1,
    list: [
      { name: 'Ben Okafor', number: '4021' },
      { name: 'Carla Rossi', number: '4022' },
    ],
  },
  devices: [
    {
      installationId: 'i-1',
      name: 'Chromium on Linux',
      platform: 'web',
      method: 'password',
      createdAtMs: NOW_MS - 50 * HOUR_MS,
      lastSeenAtMs: NOW_MS,
      isThisOne: true,
      hasPush: false,
    },
    {
      installationId: 'i-2',
      name: 'Anna’s mobile',
      platform: 'android',
      method: 'pairing',
      createdAtMs: NOW_MS - 20 * HOUR_MS,
      lastSeenAtMs: NOW_MS - HOUR_MS,
      isThisOne: false,
      hasPush: true,
    },
  ],
  voicemail: {
    number: '4102',
    newMessages: 2,
    oldMessages: 1,
    messages: [
      message(1, { name: 'Carla Rossi', number: '4022' }, 42, false),
      message(3, { number: '+4930123456' }, 17, false),
      message(26, { name: 'Ben Okafor', number: '4021' }, 8, true),
    ],
    greeting: { isOwn: false, maxMs: 60_000 },
  },
  cloud: { isReachable: true, isLive: true },
};

function message(hoursAgo: number, from: CallParty, durationSec: number, isHeard: boolean): VoicemailMessage {
  return { id: `m${hoursAgo}`, from, atMs: NOW_MS - hoursAgo * HOUR_MS, durationSec, isHeard };
}

function entry(
  hoursAgo: number,
  direction: 'incoming' | 'outgoing',
  number: string,
  name: string | undefined,
  result: string,
): PhoneState['history']['entries'][number] {
  const startedAtMs = NOW_MS - hoursAgo * HOUR_MS;
  const isAnswered = result === 'answered' || result === 'answeredElsewhere';
  return {
    entryId: `h${hoursAgo}`,
    callId: `c${hoursAgo}`,
    direction,
    party: { number, ...(name === undefined ? {} : { name }) },
    ...(direction === 'outgoing' ? { dialled: number } : {}),
    startedAtMs,
    ...(isAnswered ? { answeredAtMs: startedAtMs + 6_000, device: 'desk' } : {}),
    endedAtMs: startedAtMs + 66_000,
    result,
  };
}
