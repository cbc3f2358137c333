import type { PushSubscription } from '@unisono/contract';
import type {
  AudioFileView,
  DirectoryResult,
  MailedTokenView,
  NotificationSettingsView,
  PairingStateView,
  PairingView,
  PreviewView,
  SettingsPatch,
  TotpStartedView,
} from './contract-types.ts';
import type { Outcome } from './outcome.ts';
import type { Call, Favourite, HistoryFilter, Me, PhoneState, SignInMethods } from './state.ts';

/**
 * The phone as screens see it. `getState` and `subscribe` fit React's `useSyncExternalStore`. No command throws or rejects: what went
 * wrong is in its outcome.
 */
export interface Phone {
  getState(): PhoneState;
  /** Calls back after each change; gives the way to stop. */
  subscribe(listener: () => void): () => void;
  /** Reads what is stored and begins. Once. */
  start(): Promise<void>;
  /** Ends calls and registration of this tab and forgets nothing that is stored. */
  close(): Promise<void>;
  readonly signIn: SignInCommands;
  readonly calls: CallCommands;
  readonly line: LineCommands;
  readonly elsewhere: ElsewhereCommands;
  readonly settings: SettingsCommands;
  readonly history: HistoryCommands;
  readonly book: BookCommands;
  readonly account: AccountCommands;
  readonly push: PushCommands;
  readonly voicemail: VoicemailCommands;
  readonly numbers: NumberTools;
}

export interface SignInCommands {
  /** The tenants of an address's domain. */
  findTenants(email: string): Promise<Outcome<readonly { readonly tenant: string; readonly name: string }[]>>;
  methods(tenant: string): Promise<Outcome<SignInMethods>>;
  /** Problems: `wrongCredentials`, `secondFactorRequired` (ask for `totp` and come again), `wrongSecondFactor`, … */
  withPassword(given: {
    readonly tenant: string;
    readonly email: string;
    readonly password: string;
    readonly totp?: string;
  }): Promise<Outcome>;
  /** Where the page has to go; what has to be kept meanwhile is stored here. */
  startOidc(given: {
    readonly tenant: string;
    readonly provider: string;
    readonly redirectUri: string;
  }): Promise<Outcome<{ readonly authorizationUrl: string }>>;
  /** `callbackUrl` is the whole address that the provider sent the page back to. */
  finishOidc(callbackUrl: string): Promise<Outcome>;
  /** On the new device: sends the code that was read, then waits until the other device has decided. */
  withPairingCode(code: string): Promise<Outcome>;
  /** What a mailed link is for (invitation, new password). */
  lookAtLink(token: string): Promise<Outcome<MailedTokenView>>;
  useLink(token: string, password: string): Promise<Outcome>;
  forgotPassword(tenant: string, email: string): Promise<Outcome>;
  /** Takes this installation's credentials back, and forgets everything here. */
  signOut(): Promise<Outcome>;
}

export interface LineCommands {
  /** Does not wait for the time of the next try. */
  tryNow(): Promise<Outcome>;
}

export interface CallCommands {
  /**
   * Calls what was typed, pasted, or is in a `tel:` or `sip:` link. A comma is a pause of two seconds; what follows is sent as digits.
   * A running call is held first. Gives the call's id.
   */
  dial(typed: string, options?: { readonly consultationFor?: string }): Promise<Outcome<{ readonly callId: string }>>;
  /** Answers; a running call is held first. */
  answer(callId: string): Promise<Outcome>;
  decline(callId: string): Promise<Outcome>;
  /** Sends a ringing call on (302). */
  deflect(callId: string, to: 'voicemail' | { readonly number: string }): Promise<Outcome>;
  hangUp(callId: string): Promise<Outcome>;
  setMuted(callId: string, isMuted: boolean): Promise<Outcome>;
  /** Resolves when the other side has agreed: until then, and when it refuses, the call is not held. */
  hold(callId: string): Promise<Outcome>;
  /** Resumes; another running call is held first. */
  resume(callId: string): Promise<Outcome>;
  /** Holds the running call and resumes the held one. */
  swap(): Promise<Outcome>;
  /** Digits `0-9 * # A-D` and `,` as pause, as RTP events (RFC 4733). */
  sendDigits(callId: string, digits: string): Promise<Outcome>;
  /** Transfers without asking (RFC 3515). Resolves when the target has answered or refused. */
  transfer(callId: string, to: string): Promise<Outcome>;
  /** Connects the two calls' other sides with each other (RFC 3891 Replaces), and leaves. */
  transferAttended(callId: string, otherCallId: string): Promise<Outcome>;
  /** Makes a conference of both calls; one that is a conference of this user's takes the other one in. */
  merge(callId: string, otherCallId: string): Promise<Outcome>;
  /** Puts a member out of the conference that the call is in; `refused` when this user is not its host. */
  expel(callId: string, memberId: string): Promise<Outcome>;
  /**
   * Moves a call to another device of this user: to `desk`, to the one with that id (`Device.installationId`, `OtherCall.deviceId`), or
   * to whichever of all `clients` and desk phone answers first. The call stays here when that fails.
   */
  push(callId: string, to: 'desk' | 'clients' | (string & {})): Promise<Outcome>;
  /** Takes an ended call off the list before its time. */
  dismiss(callId: string): void;
  /** The microphone was changed: running calls use the new one. */
  microphoneChanged(): Promise<Outcome>;
}

export interface ElsewhereCommands {
  /** Moves a call from another device here, or answers here what rings there. Gives the id of the call here. */
  pull(otherCallId: string): Promise<Outcome<{ readonly callId: string }>>;
}

export interface SettingsCommands {
  /** A wish; `state.settings` shows it as pending, then what became of it. */
  change(patch: SettingsPatch): Promise<Outcome>;
  /** What a call would do with these settings, in sentences of the phone system. */
  preview(patch: SettingsPatch): Promise<Outcome<PreviewView>>;
  changeNotifications(settings: NotificationSettingsView): Promise<Outcome>;
  refresh(): Promise<Outcome>;
}

export interface HistoryCommands {
  setFilter(filter: HistoryFilter, search?: string): Promise<Outcome>;
  loadMore(): Promise<Outcome>;
  /** The missed calls were looked at: the badge goes. */
  markSeen(): Promise<Outcome>;
  remove(entryId: string): Promise<Outcome>;
}

export interface BookCommands {
  /** People by part of name, number or address; digits also match letters as on a telephone's keys. */
  search(query: string, cursor?: string): Promise<Outcome<DirectoryResult>>;
  whoseNumber(number: string): Promise<Outcome<{ readonly name?: string }>>;
  setFavourites(list: readonly Favourite[]): Promise<Outcome>;
  /**
   * These entries are on a screen now, instead of those that this view named before: `directory.presences` says what they are doing, live.
   * A view names them again every minute, or nobody looks any more.
   */
  watch(view: string, entryIds: readonly string[]): Promise<Outcome>;
}

export interface AccountCommands {
  setLanguage(language: 'en' | 'de' | null): Promise<Outcome<Me>>;
  /** Whether colleagues see that this person is in a call. */
  sharePresence(isShared: boolean): Promise<Outcome>;
  changePassword(given: { readonly current?: string; readonly next: string; readonly totp?: string }): Promise<Outcome>;
  startTotp(): Promise<Outcome<TotpStartedView>>;
  confirmTotp(totp: string): Promise<Outcome<{ readonly recoveryCodes: readonly string[] }>>;
  removeTotp(totp: string): Promise<Outcome>;
  renameDevice(installationId: string, name: string): Promise<Outcome>;
  signOutDevice(installationId: string): Promise<Outcome>;
  /** A QR code for another device. */
  startPairing(): Promise<Outcome<PairingView>>;
  pairing(pairingId: string): Promise<Outcome<PairingStateView>>;
  decidePairing(pairingId: string, approve: boolean): Promise<Outcome<PairingStateView>>;
}

/** The mailbox. Audio is a WAV file in base64, 16 bits, one channel, 8 or 16 kHz. Problems: `systemOffline`, `notFound`, … */
export interface VoicemailCommands {
  /** Reads the list; counts and list are in `state.voicemail`. */
  refresh(): Promise<Outcome>;
  audio(messageId: string): Promise<Outcome<AudioFileView>>;
  markHeard(messageId: string): Promise<Outcome>;
  remove(messageId: string): Promise<Outcome>;
  /** The own greeting; `notFound` while callers hear the standard one. */
  greeting(): Promise<Outcome<AudioFileView>>;
  setGreeting(file: AudioFileView): Promise<Outcome>;
  removeGreeting(): Promise<Outcome>;
}

export interface PushCommands {
  /** The key that the browser subscribes with. */
  key(): Promise<Outcome<{ readonly publicKey: string }>>;
  subscribe(subscription: PushSubscription): Promise<Outcome>;
  unsubscribe(): Promise<Outcome>;
}

/** Numbers for people. Pure; they use the dialling rules of the connection data. */
export interface NumberTools {
  /** As it is typed so far, in groups. */
  format(typed: string): string;
  /** A number as it is shown in lists. */
  show(number: string): string;
  /** What `tel:`, `sip:` or pasted text dials; undefined when there is no number in it. */
  fromText(text: string): string | undefined;
  isEmergency(typed: string): boolean;
}

export type { Call };
