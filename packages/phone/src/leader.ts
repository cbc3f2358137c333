import { signInDesk } from './cloud/sign-in-desk.ts';
import type { Core } from './core.ts';
import { featureOf } from './numbers/feature-code.ts';
import { formatNumber, formatTyped, isEmergencyNumber, readDialString, whyNoNumber } from './numbers/numbers.ts';
import { DONE, done, failed, type Outcome } from './outcome.ts';
import type { Phone } from './phone.ts';
import type { PhonePorts } from './ports.ts';

/** Commands as the tab that leads performs them. */
export type Commands = Omit<Phone, 'getState' | 'subscribe' | 'start' | 'close' | 'numbers'>;

export interface DeviceNames {
  readonly deviceName: string;
  readonly platform: 'web' | 'android' | 'ios' | 'desktop' | 'other';
}

export function leaderCommands(core: Core, ports: PhonePorts, names: DeviceNames): Commands {
  const { api, cloud } = core;
  const { clock, random, http } = ports;
  return {
    signIn: signInDesk({
      api,
      kept: core.kept,
      clock,
      random,
      http,
      ...names,
      onSignedIn: () => core.signedIn(),
      onSignOut: () => core.signOut(),
    }),
    calls: callCommands(core),
    line: {
      tryNow: async () => {
        core.tryNow();
        return DONE;
      },
    },
    elsewhere: { pull: (id) => core.elsewhere.pull(id) },
    settings: {
      change: (patch) => cloud.changeSettings(patch),
      preview: (patch) => api.ask('previewSettings', { body: patch }),
      changeNotifications: async (settings) => {
        const changed = await api.ask('changeNotifications', { body: settings });
        return changed.ok ? cloud.refreshSettings() : changed;
      },
      refresh: () => cloud.refreshSettings(),
    },
    history: {
      setFilter: (filter, search) => cloud.reloadHistory(filter, search ?? ''),
      loadMore: () => cloud.loadMoreHistory(),
      markSeen: () => cloud.markHistorySeen(),
      remove: (entryId) => cloud.removeHistory(entryId),
    },
    book: {
      search: (query, cursor) => cloud.search(query, cursor),
      whoseNumber: async (number) => {
        const owner = await api.ask('whoseNumber', { query: { number } });
        if (!owner.ok) return owner;
        const { name } = owner.value;
        return done(name === undefined ? {} : { name });
      },
      setFavourites: (list) => cloud.setFavourites(list),
      watch: async (view, entryIds) => {
        core.entries.look(view, entryIds);
        return DONE;
      },
    },
    account: accountCommands(core),
    voicemail: core.voicemail.commands,
    push: {
      key: () => api.ask('pushKey'),
      subscribe: async (subscription) => nothing(await api.ask('subscribePush', { body: subscription })),
      unsubscribe: async () => nothing(await api.ask('unsubscribePush')),
    },
  };
}

function nothing(outcome: Outcome<unknown>): Outcome {
  return outcome.ok ? DONE : outcome;
}

function accountCommands(core: Core): Commands['account'] {
  const { api, cloud } = core;
  return {
    setLanguage: async (language) => {
      const me = await api.ask('changeMe', { body: { language } });
      if (me.ok) await cloud.refreshMe();
      return me;
    },
    sharePresence: async (sharesPresence) => {
      const me = await api.ask('changeMe', { body: { sharesPresence } });
      if (me.ok) await cloud.refreshMe();
      return nothing(me);
    },
    changePassword: async (given) => nothing(await api.ask('changePassword', { body: given })),
    startTotp: () => api.ask('startTotp'),
    confirmTotp: async (totp) => {
      const confirmed = await api.ask('confirmTotp', { body: { totp } });
      if (confirmed.ok) await core.factorSetUp();
      return confirmed;
    },
    removeTotp: async (totp) => {
      const removed = await api.ask('removeTotp', { body: { totp } });
      if (removed.ok) await cloud.refreshMe();
      return nothing(removed);
    },
    renameDevice: async (installationId, name) => {
      const renamed = await api.ask('renameDevice', { params: { installationId }, body: { name } });
      if (renamed.ok) await cloud.refreshDevices();
      return nothing(renamed);
    },
    signOutDevice: async (installationId) => {
      const revoked = await api.ask('revokeDevice', { params: { installationId } });
      if (revoked.ok) await cloud.refreshDevices();
      return nothing(revoked);
    },
    startPairing: () => api.ask('startPairing'),
    pairing: (pairingId) => api.ask('pairing', { params: { pairingId } }),
    decidePairing: (pairingId, approve) => api.ask('decidePairing', { params: { pairingId }, body: { approve } }),
  };
}

function noNumber(text: string): ReturnType<typeof failed> {
  const code = whyNoNumber(text);
  return failed(code, code === 'notANumber' ? 'There is no number in it.' : 'The number is too long.');
}

function callCommands(core: Core): Commands['calls'] {
  const { calls } = core;
  const command = async (...given: Parameters<typeof calls.command>) => calls.command(...given);
  return {
    dial: async (typed, options = {}) => {
      if (core.connection === undefined) return failed('notReady', 'The phone system is not connected.');
      const dialled = readDialString(typed);
      if (dialled === undefined) return noNumber(typed);
      const { dialling } = core.connection;
      const isEmergency = isEmergencyNumber(dialled.number, dialling);
      const { consultationFor } = options;
      const feature = featureOf(dialled.number, dialling);
      return calls.dial({
        ...dialled,
        isEmergency,
        ...(consultationFor === undefined ? {} : { consultationFor }),
        ...(feature === undefined ? {} : { feature }),
      });
    },
    answer: (callId) => command({ type: 'answer', callId }),
    decline: (callId) => command({ type: 'decline', callId }),
    deflect: async (callId, to) => {
      const hasMailbox = core.connection?.voicemailNumber !== undefined;
      if (to === 'voicemail' && !hasMailbox) return failed('notOffered', 'There is no mailbox.');
      const user = to === 'voicemail' ? 'voicemail' : readDialString(to.number)?.number;
      if (user === undefined) return noNumber(to === 'voicemail' ? '' : to.number);
      return calls.command({ type: 'deflect', callId, target: core.address(user) });
    },
    hangUp: (callId) => command({ type: 'hangUp', callId }),
    setMuted: (callId, isMuted) => command({ type: 'mute', callId, isMuted }),
    hold: (callId) => calls.hold(callId, true),
    resume: (callId) => calls.hold(callId, false),
    swap: () => command({ type: 'swap' }),
    sendDigits: (callId, digits) => command({ type: 'digits', callId, digits }),
    transfer: async (callId, to) => {
      const target = readDialString(to)?.number;
      if (target === undefined) return noNumber(to);
      return calls.moves.move(callId, { kind: 'blindTransfer', target }, core.address(target));
    },
    transferAttended: async (callId, otherCallId) => {
      const other = calls.calls.find(({ id }) => id === otherCallId);
      const number = other?.direction === 'outgoing' ? (other.dialled ?? other.party.number) : other?.party.number;
      if (other?.phase !== 'active') return failed('wrongCallState', 'The other call is not answered.');
      const address = core.address(number ?? 'anonymous');
      return calls.moves.move(
        callId,
        { kind: 'attendedTransfer', ...(number && { target: number }) },
        address,
        otherCallId,
      );
    },
    merge: (callId, otherCallId) => merge(core, callId, otherCallId),
    expel: (callId, memberId) => calls.moves.expel(callId, memberId),
    push: (callId, to) => push(core, callId, to),
    dismiss: (callId) => {
      calls.command({ type: 'dismiss', callId });
    },
    microphoneChanged: () => calls.microphoneChanged(),
  };
}

/** Calls the conference factory (RFC 4579), then has both other sides join; their calls with us end. */
async function merge(core: Core, callId: string, otherCallId: string): Promise<Outcome> {
  const { calls } = core;
  const factory = core.connection?.conferenceFactory;
  if (factory === undefined) return failed('notOffered', 'This phone system has no conferences.');
  const both = [callId, otherCallId].map((id) => calls.calls.find((call) => call.id === id));
  if (both.some((call) => call?.phase !== 'active')) return failed('wrongCallState', 'Both calls have to be answered.');
  // Whoever is in a conference already takes the other one in.
  if (both.every((call) => call?.isConference)) return failed('refused', 'Two conferences cannot be merged.');
  const running = both.find((call) => call?.isConference)?.id;
  const conferenceId = running ?? (await beginConference(core, factory, both.some((call) => call?.isMuted) ?? false));
  if (conferenceId === undefined) return failed('refused', 'The conference could not be begun.');
  for (const call of both) {
    if (call === undefined || call.id === conferenceId) continue;
    const joined = await calls.moves.join(
      conferenceId,
      call.id,
      core.address(call.party.number ?? call.dialled ?? 'anonymous'),
    );
    if (!joined.ok) return joined;
  }
  return DONE;
}

async function beginConference(core: Core, factory: string, isMuted: boolean): Promise<string | undefined> {
  const number = factory.replace(/^sips?:/, '').split('@')[0] ?? '';
  const target = core.address(factory);
  const begun = await core.calls.dial({
    number,
    target,
    digits: '',
    isEmergency: false,
    party: {},
    isConference: true,
    isMuted,
  });
  if (!begun.ok) return undefined;
  return (await core.calls.whenAnswered(begun.value.callId)) ? begun.value.callId : undefined;
}

/** REFER to the own number, and to one device by its GRUU (RFC 5627). */
async function push(core: Core, callId: string, to: string): Promise<Outcome> {
  const number = core.connection?.desk.number;
  if (number === undefined) return failed('notReady', 'The phone system is not connected.');
  const device = to === 'clients' ? '' : `;gr=${encodeURIComponent(to)}`;
  return core.calls.moves.move(callId, { kind: 'push', target: to }, `${core.address(number)}${device}`);
}

/** What the tools for numbers know of the phone system. */
export function numberTools(getState: Phone['getState']): Phone['numbers'] {
  const rules = () => getState().desk?.dialling;
  return {
    format: (typed) => formatTyped(typed, rules()),
    show: (number) => formatNumber(number, rules()),
    fromText: (text) => {
      const read = readDialString(text);
      return read === undefined ? undefined : read.number + read.digits;
    },
    isEmergency: (typed) => isEmergencyNumber(readDialString(typed)?.number ?? typed, rules()),
  };
}
