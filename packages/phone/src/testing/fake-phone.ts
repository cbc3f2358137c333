import { numberTools } from '../leader.ts';
import { DONE, done, failed, type Outcome } from '../outcome.ts';
import type { Phone } from '../phone.ts';
import type { Call, CallEnd, CallParty, Conference, ConferenceMember, PhoneState } from '../state.ts';
import { FIRST_STATE } from '../state-begin.ts';
import { Store } from '../store.ts';
import { FAKE_DIRECTORY, FAKE_STATE } from './fake-people.ts';
import { fakeVoicemail } from './fake-voicemail.ts';

/** A phone without a network: screens are built and tested with it. `play` does what the outside world would. */
export interface FakePhone extends Phone {
  readonly play: {
    incoming(party: CallParty, more?: Partial<Call>): string;
    /** The other side answers an outgoing call. */
    answered(callId: string): void;
    ended(callId: string, end?: CallEnd): void;
    change(part: Partial<PhoneState>): void;
  };
}

/** The others whom a call brings into a conference. */
function membersOf(call: Call | undefined): readonly ConferenceMember[] {
  if (call?.conference !== undefined) return call.conference.members.filter(({ isSelf }) => !isSelf);
  if (call === undefined) return [];
  const { party } = call;
  return [
    { id: `sip:${party.number}@example.com`, party, isSelf: false, isHost: false, isHeld: false, isMuted: false },
  ];
}

/** A conference of this user's with these others in it. */
function conferenceOf(others: readonly ConferenceMember[]): Conference {
  const party = { name: 'Anna Lindner', number: '4020' };
  const self = { id: 'sip:4020@example.com', party, isSelf: true, isHost: true, isHeld: false, isMuted: false };
  return { address: 'sip:conference-1@example.com', isHost: true, members: [self, ...others] };
}

/** Entries of a page of the directory. */
const PAGE = 25;
const NO_QUALITY = { grade: 'unknown', warnings: [] } as const;

/** Signed in, with some people, calls and settings; `first` replaces parts of that. */
export function createFakePhone(first: Partial<PhoneState> = {}): FakePhone {
  const store = new Store({ ...FIRST_STATE, ...FAKE_STATE, ...first });
  const favourites = store.getState().favourites.list;
  const directory = [
    ...favourites,
    ...FAKE_DIRECTORY.filter(({ number }) => !favourites.some((one) => one.number === number)),
  ];
  let calls = 0;
  const now = () => Date.now();
  const callOf = (id: string) => store.getState().calls.find((call) => call.id === id);
  const put = (call: Call) => {
    const { calls: all } = store.getState();
    const isThere = all.some(({ id }) => id === call.id);
    store.set({ calls: isThere ? all.map((one) => (one.id === call.id ? call : one)) : [...all, call] });
  };
  const patch = (id: string, part: Partial<Call>): Outcome => {
    const call = callOf(id);
    if (call === undefined || call.phase === 'ended') return failed('wrongCallState', 'The call has ended.');
    put({ ...call, ...part });
    return DONE;
  };
  const end = (id: string, how: CallEnd): Outcome => {
    const outcome = patch(id, { phase: 'ended', endedAtMs: now(), end: how, audio: 'none' });
    setTimeout(() => store.set({ calls: store.getState().calls.filter((call) => call.id !== id) }), 4_000);
    return outcome;
  };
  const holdOthers = (id: string) => {
    for (const call of store.getState().calls)
      if (call.id !== id && call.phase === 'active') patch(call.id, { isHeld: true });
  };
  const begin = (part: Pick<Call, 'direction' | 'phase' | 'party'> & Partial<Call>): string => {
    const id = `fake-${++calls}`;
    put({
      id,
      forwardedFrom: [],
      isSecond: store.getState().calls.some(({ phase }) => phase !== 'ended'),
      isEmergency: false,
      isConference: false,
      isMuted: false,
      isHeld: false,
      isHeldByOther: false,
      startedAtMs: now(),
      sentDigits: '',
      digitsToSend: '',
      audio: 'none',
      quality: NO_QUALITY,
      ...part,
    });
    return id;
  };
  const active = (id: string) => {
    holdOthers(id);
    return patch(id, { phase: 'active', answeredAtMs: now(), audio: 'flowing', isHeld: false });
  };
  const notHere = async () => failed('notOffered', 'The phone of the tests does not do this.');
  const ok = async () => DONE;
  return {
    getState: store.getState,
    subscribe: store.subscribe,
    start: async () => {},
    close: async () => {},
    signIn: {
      findTenants: async () => done([{ tenant: 'lindner-optik', name: 'Lindner Optik' }]),
      methods: async (tenant) =>
        done({ tenant, name: 'Lindner Optik', password: true, providers: [{ id: 'idp', name: 'Company sign-in' }] }),
      withPassword: async ({ password }) => {
        if (password === 'wrong') return failed('wrongCredentials', 'These credentials are not right.');
        store.set({ session: FAKE_STATE.session, line: FAKE_STATE.line });
        return DONE;
      },
      startOidc: async ({ redirectUri }) => done({ authorizationUrl: redirectUri }),
      finishOidc: ok,
      withPairingCode: ok,
      lookAtLink: notHere,
      useLink: ok,
      forgotPassword: ok,
      signOut: async () => {
        store.set({ session: { phase: 'signedOut', reason: 'self' }, line: { phase: 'signedOut' }, calls: [] });
        return DONE;
      },
    },
    calls: {
      dial: async (typed, options) => {
        const [dialled = '', ...digits] = typed.split(',');
        if (!/\d/.test(dialled)) return failed('notANumber', 'There is no number in it.');
        const id = begin({
          direction: 'outgoing',
          phase: 'dialling',
          party: { number: dialled },
          dialled,
          digitsToSend: digits.join(','),
          ...options,
        });
        holdOthers(id);
        setTimeout(() => {
          if (callOf(id)?.phase === 'dialling') patch(id, { phase: 'alerting' });
        }, 300);
        return done({ callId: id });
      },
      answer: async (id) => active(id),
      decline: async (id) => end(id, { reason: 'declinedHere', isMissed: false }),
      deflect: async (id) => end(id, { reason: 'deflectedHere', isMissed: false }),
      hangUp: async (id) =>
        end(id, { reason: callOf(id)?.answeredAtMs === undefined ? 'cancelled' : 'hungUpHere', isMissed: false }),
      setMuted: async (id, isMuted) => patch(id, { isMuted }),
      hold: async (id) => patch(id, { isHeld: true }),
      resume: async (id) => {
        holdOthers(id);
        return patch(id, { isHeld: false });
      },
      swap: async () => {
        const held = store.getState().calls.find((call) => call.phase === 'active' && call.isHeld);
        if (held === undefined) return failed('wrongCallState', 'No call is held.');
        holdOthers(held.id);
        return patch(held.id, { isHeld: false });
      },
      sendDigits: async (id, digits) => patch(id, { sentDigits: `${callOf(id)?.sentDigits ?? ''}${digits}` }),
      transfer: async (id) => end(id, { reason: 'transferred', isMissed: false }),
      transferAttended: async (id, other) => {
        end(other, { reason: 'transferred', isMissed: false });
        return end(id, { reason: 'transferred', isMissed: false });
      },
      merge: async (id, other) => {
        const members = [callOf(id), callOf(other)].flatMap(membersOf);
        end(other, { reason: 'merged', isMissed: false });
        return patch(id, { party: {}, isConference: true, isHeld: false, conference: conferenceOf(members) });
      },
      expel: async (id, memberId) => {
        const members = callOf(id)?.conference?.members.filter((member) => member.id !== memberId) ?? [];
        const [first, second] = members.filter(({ isSelf }) => !isSelf);
        const party = second === undefined ? (first?.party ?? {}) : {};
        return patch(id, { party, conference: { ...conferenceOf([]), members } });
      },
      push: async (id) => end(id, { reason: 'moved', isMissed: false }),
      dismiss: (id) => store.set({ calls: store.getState().calls.filter((call) => call.id !== id) }),
      microphoneChanged: ok,
    },
    line: { tryNow: ok },
    elsewhere: {
      pull: async (id) => {
        const other = store.getState().elsewhere.find((one) => one.id === id);
        if (other === undefined) return failed('wrongCallState', 'The call has ended.');
        store.set({ elsewhere: store.getState().elsewhere.filter((one) => one.id !== id) });
        const callId = begin({ direction: other.direction, phase: 'active', party: other.party, audio: 'flowing' });
        return done({ callId });
      },
    },
    settings: {
      change: async (given) => {
        const { view } = store.getState().settings;
        if (view?.settings === undefined) return failed('noConnectionData', 'There is no device yet.');
        const taken = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
        const shown = { ...view.settings, ...taken };
        store.set({ settings: { view, shown, isPending: true } });
        setTimeout(() => store.set({ settings: { view: { ...view, settings: shown }, shown, isPending: false } }), 600);
        return DONE;
      },
      preview: async () =>
        done({
          en: ['A call now would ring the desk phone and Unisono Phone for 20 seconds.'],
          de: ['Ein Anruf jetzt würde am Tischtelefon und in Unisono Phone klingeln, 20 Sekunden lang.'],
        }),
      changeNotifications: ok,
      refresh: ok,
    },
    history: {
      setFilter: async (filter, search = '') => {
        const { history } = store.getState();
        const entries = (FAKE_STATE.history?.entries ?? []).filter(
          ({ direction, result, party }) =>
            `${party.name} ${party.number}`.toLowerCase().includes(search.toLowerCase()) &&
            (filter === 'all' ||
              (filter === 'dialled' && direction === 'outgoing') ||
              (filter === 'received' && direction === 'incoming' && result === 'answered') ||
              (filter === 'missed' && (result === 'noAnswer' || result === 'cancelled')) ||
              (filter === 'diverted' && result === 'deflected')),
        );
        store.set({ history: { ...history, filter, search, entries } });
        return DONE;
      },
      loadMore: ok,
      markSeen: async () => {
        store.set({ history: { ...store.getState().history, missedCount: 0 } });
        return DONE;
      },
      remove: async (entryId) => {
        const { history } = store.getState();
        store.set({ history: { ...history, entries: history.entries.filter((entry) => entry.entryId !== entryId) } });
        return DONE;
      },
    },
    book: {
      search: async (query, cursor = '0') => {
        const found = directory
          .filter(
            ({ name, number }) => name.toLowerCase().includes(query.toLowerCase()) || number.startsWith(query || '-'),
          )
          .sort((a, b) => a.name.localeCompare(b.name, 'en'))
          .map(({ name, number, presence }) => ({
            entryId: number,
            source: 'person' as const,
            name,
            numbers: [{ kind: 'desk', number }],
            ...(presence === undefined ? {} : { presence }),
          }));
        const end = Number(cursor) + PAGE;
        const entries = found.slice(Number(cursor), end);
        return done(end < found.length ? { entries, next: String(end) } : { entries });
      },
      whoseNumber: async () => done({}),
      watch: async () => DONE,
      setFavourites: async (list) => {
        store.set({ favourites: { version: store.getState().favourites.version + 1, list } });
        return DONE;
      },
    },
    account: {
      setLanguage: async () => {
        const { me } = store.getState();
        return me === undefined ? failed('signedOut', 'Nobody is signed in.') : done(me);
      },
      sharePresence: async (sharesPresence) => {
        const { me } = store.getState();
        if (me !== undefined) store.set({ me: { ...me, sharesPresence } });
        return DONE;
      },
      changePassword: ok,
      startTotp: async () => done({ secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP' }),
      confirmTotp: async () => done({ recoveryCodes: ['abcd-efgh'] }),
      removeTotp: ok,
      renameDevice: ok,
      signOutDevice: async (installationId) => {
        store.set({ devices: store.getState().devices.filter((one) => one.installationId !== installationId) });
        return DONE;
      },
      startPairing: async () =>
        done({
          pairingId: 'p1',
          uri: 'https://example.com/pair#k7qx-2m4r-9tbc',
          code: 'k7qx-2m4r-9tbc',
          expiresAtMs: now() + 120_000,
        }),
      pairing: async (pairingId) => done({ pairingId, state: 'waiting' as const, expiresAtMs: now() + 120_000 }),
      decidePairing: async (pairingId, approve) =>
        done({
          pairingId,
          state: approve ? ('approved' as const) : ('refused' as const),
          expiresAtMs: now() + 120_000,
        }),
    },
    voicemail: fakeVoicemail(store),
    push: { key: notHere, subscribe: ok, unsubscribe: ok },
    numbers: numberTools(store.getState),
    play: {
      incoming: (party, more) => begin({ direction: 'incoming', phase: 'incoming', party, ...more }),
      answered: (id) => {
        active(id);
      },
      ended: (id, how = { reason: 'hungUpThere', isMissed: false }) => {
        end(id, how);
      },
      change: (part) => store.set(part),
    },
  };
}
