import type {
  ClientConnection,
  ENDPOINTS,
  HistoryEntry,
  ReplyOf,
  SettingsView,
  SignInMethodsView,
} from './contract-types.ts';

/** Everything that screens show. Immutable: each change gives a new object, parts that did not change stay the same ones. */
export interface PhoneState {
  readonly session: SessionState;
  readonly line: LineState;
  readonly tab: TabState;
  /** Calls on this device: the running and ringing ones, and those that ended within the last seconds. Oldest first. */
  readonly calls: readonly Call[];
  /** Calls on this user's other devices, as the phone system tells (RFC 4235). */
  readonly elsewhere: readonly OtherCall[];
  /** Absent until it was read once. */
  readonly me?: Me;
  /** What of the connection data screens need; absent before it was fetched once. */
  readonly desk?: DeskInfo;
  readonly settings: SettingsState;
  readonly history: HistoryState;
  readonly favourites: FavouritesState;
  readonly directory: DirectoryState;
  readonly devices: readonly Device[];
  /** Which of this user's phones the phone system reaches; absent until it has told. */
  readonly reached?: Reached;
  readonly voicemail: VoicemailState;
  /** Whether the Connector is reached now; calls work without it. */
  readonly cloud: CloudState;
}

export type Me = ReplyOf<typeof ENDPOINTS.me>;
export type Device = ReplyOf<typeof ENDPOINTS.devices>['devices'][number];
export type Favourite = ReplyOf<typeof ENDPOINTS.favourites>['favourites'][number];
export type DirectoryEntry = ReplyOf<typeof ENDPOINTS.directoryEntry>;
export type SignInMethods = SignInMethodsView;

/** What those in the directory are doing who are on a screen. */
export interface DirectoryState {
  /** By id of the entry; null: it is not shown. */
  readonly presences: Readonly<Record<string, string | null>>;
}

/** Who is signed in here. */
export type SessionState =
  /** What is stored is being read. */
  | { readonly phase: 'starting' }
  | { readonly phase: 'signedOut'; readonly reason?: SignedOutReason }
  | {
      readonly phase: 'signedIn';
      readonly userId: string;
      readonly tenant: string;
      readonly installationId: string;
      readonly expiresAtMs: number;
    };

/** `self`: by the user here; `revoked`: from another device or by an administrator; `expired`: the session's time was over. */
export type SignedOutReason = 'self' | 'revoked' | 'expired' | 'disabled';

/** The state of the registration at the phone system, in one honest line. */
export type LineState =
  | { readonly phase: 'signedOut' }
  /** The first registration is being made. */
  | { readonly phase: 'connecting' }
  /** Calls can be made and come in. */
  | { readonly phase: 'ready'; readonly sinceMs: number }
  /** It was there and is lost; it is being made anew. A running call goes on. */
  | { readonly phase: 'reconnecting'; readonly sinceMs: number; readonly nextTryAtMs?: number }
  /** Several tries came to nothing: calls still ring the desk phone. */
  | { readonly phase: 'unreachable'; readonly sinceMs: number; readonly nextTryAtMs?: number }
  /** The phone system does not take this installation; `why` is for people. */
  | { readonly phase: 'refused'; readonly why: LineRefusal; readonly detail: string };

/** `noDevice`: the person has no device at the phone system yet; `phoneOff`: switched off; `credentials`: not accepted. */
export type LineRefusal = 'noDevice' | 'phoneOff' | 'credentials';

export interface TabState {
  /** The leader holds registration and calls; followers show the same and send it commands. */
  readonly role: 'leader' | 'follower' | 'electing';
}

export interface CloudState {
  readonly isReachable: boolean;
  /** Whether changes are told at once (events are connected). */
  readonly isLive: boolean;
}

/** The other side of a call. Neither is there when it is withheld. */
export interface CallParty {
  readonly number?: string;
  readonly name?: string;
}

/**
 * `dialling`: the INVITE is on its way; `alerting`: it rings at the other side; `incoming`: it rings here; `answering`: answered here,
 * audio is being connected; `active`; `ended`.
 */
export type CallPhase = 'dialling' | 'alerting' | 'incoming' | 'answering' | 'active' | 'ended';

/** One call on this device. */
export interface Call {
  readonly id: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly phase: CallPhase;
  readonly party: CallParty;
  /** What was dialled, when outgoing, without what follows a pause. */
  readonly dialled?: string;
  /** Who passed the call on, newest first (RFC 7044 History-Info, RFC 5806 Diversion). */
  readonly forwardedFrom: readonly CallParty[];
  /** What was dialled sets something at the phone system (`busySignal`, `deskPhoneOnly`, …), and is nobody's number. */
  readonly feature?: string;
  /** Rings here because the user moves it here, from that device (`desk`, or `Device.installationId`): it runs there until answered here. */
  readonly movedFrom?: string;
  /** Came in or was begun while another call was there. */
  readonly isSecond: boolean;
  readonly isEmergency: boolean;
  /** In a conference, made here or by somebody else. `party` has nobody then, unless one alone is left beside us. */
  readonly isConference: boolean;
  /** There as soon as the phone system has told of it. */
  readonly conference?: Conference;
  readonly isMuted: boolean;
  /** Held by us, and the other side has agreed. */
  readonly isHeld: boolean;
  /** What of holding the other side has not agreed to yet; nothing is said to it as soon as a hold is wanted. */
  readonly holdChange?: 'hold' | 'resume';
  /** The last hold was not agreed to: the call is as it was before. */
  readonly isHoldRefused?: boolean;
  /** Held by the other side. */
  readonly isHeldByOther: boolean;
  readonly startedAtMs: number;
  readonly answeredAtMs?: number;
  readonly endedAtMs?: number;
  /** There when the phase is `ended`. */
  readonly end?: CallEnd;
  /** A transfer, merge or push in progress. */
  readonly move?: CallMove;
  /** The call that this one was begun for to consult. */
  readonly consultationFor?: string;
  /** Digits sent in the call, in their order. */
  readonly sentDigits: string;
  /** Digits of the dial string that are sent yet. */
  readonly digitsToSend: string;
  /** Whether sound flows; `regaining` after a change of network. */
  readonly audio: 'none' | 'connecting' | 'flowing' | 'regaining';
  readonly quality: CallQuality;
}

export interface Conference {
  /** Its address, `sip:…`. */
  readonly address: string;
  /** Whether this user may take others in and put them out. */
  readonly isHost: boolean;
  /** Everybody who is in it, this user included, in the order they came; empty until told. */
  readonly members: readonly ConferenceMember[];
}

export interface ConferenceMember {
  /** Names this member towards the phone system. */
  readonly id: string;
  readonly party: CallParty;
  readonly isSelf: boolean;
  readonly isHost: boolean;
  /** Has put the conference on hold. */
  readonly isHeld: boolean;
  /** Has turned the microphone off, as far as is known. */
  readonly isMuted: boolean;
  readonly sinceMs?: number;
}

export interface CallMove {
  readonly kind: 'blindTransfer' | 'attendedTransfer' | 'merge' | 'push';
  readonly target?: string;
}

/** How a call ended, truthfully. `isMissed` decides about badge and notification. */
export interface CallEnd {
  readonly reason: CallEndReason;
  readonly isMissed: boolean;
  /** On what it was answered, when elsewhere: `desk`, `client`, or a name. */
  readonly answeredOn?: string;
  /** SIP status, where a response ended it. */
  readonly status?: number;
  /** Words of the phone system. */
  readonly detail?: string;
}

export type CallEndReason =
  /** Ended by this user. */
  | 'hungUpHere'
  /** Ended by the other side. */
  | 'hungUpThere'
  /** Answered on another device of this user. */
  | 'answeredElsewhere'
  /** Declined here. */
  | 'declinedHere'
  /** Declined on another device of this user. */
  | 'declinedElsewhere'
  /** Sent on from here, to voicemail or a number. */
  | 'deflectedHere'
  /** Sent on by settings or on another device. */
  | 'deflectedElsewhere'
  /** The caller gave up; or this user, before anybody answered. */
  | 'cancelled'
  /** Nobody answered in time. */
  | 'noAnswer'
  | 'busy'
  /** The called side declined. */
  | 'declined'
  /** No such number. */
  | 'notFound'
  /** The called side has no phone that is reached. */
  | 'unreachable'
  /** Class of service, barring, overload. */
  | 'refused'
  /** No line to the outside could take it. */
  | 'noLine'
  /** Moved to another device of this user. */
  | 'moved'
  /** Transferred away. */
  | 'transferred'
  /** Became part of a conference. */
  | 'merged'
  /** Put out of a conference by its host. */
  | 'removed'
  /** Everybody else has left the conference. */
  | 'conferenceOver'
  /** Connection or media broke. */
  | 'failed';

/** Judged every 5 s; `warnings` come after three bad samples in a row and go after the first good one. */
export interface CallQuality {
  readonly grade: 'unknown' | 'good' | 'poor';
  readonly warnings: readonly QualityWarning[];
  readonly jitterMs?: number;
  readonly roundTripMs?: number;
  readonly lossPercent?: number;
}

export type QualityWarning = 'jitter' | 'roundTrip' | 'loss';

/** A call on another device of this user. */
export interface OtherCall {
  readonly id: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly phase: 'alerting' | 'active' | 'held';
  readonly party: CallParty;
  readonly device: 'desk' | 'client';
  /** Id of its installation, where it has one: the name is in `devices`. */
  readonly deviceId?: string;
  readonly sinceMs: number;
  /** Its user has turned the microphone off there; so it stays when it is taken over here. */
  readonly isMuted: boolean;
  /** Whether it can be taken over here now, or answered here while it alerts. */
  readonly canPull: boolean;
}

export interface Reached {
  readonly isDeskRegistered: boolean;
  /** Clients that are registered, this one included. */
  readonly clientCount: number;
}

export interface DeskInfo {
  readonly number: string;
  readonly displayName: string;
  readonly outsideNumber?: string;
  readonly dialling: ClientConnection['dialling'];
  readonly features: readonly string[];
  readonly voicemailNumber?: string;
  readonly canMerge: boolean;
}

export interface SettingsState {
  /** Absent until read once. `view.pending` are wishes not decided on yet. */
  readonly view?: SettingsView;
  /** What the screen shows as chosen: what is in force with the pending wishes laid over it. */
  readonly shown?: NonNullable<SettingsView['settings']>;
  readonly isPending: boolean;
}

export type HistoryFilter = 'all' | 'missed' | 'dialled' | 'received' | 'diverted' | 'voicemail';

export interface HistoryState {
  readonly filter: HistoryFilter;
  readonly search: string;
  readonly entries: readonly HistoryEntry[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** Missed calls not looked at yet. */
  readonly missedCount: number;
}

export interface FavouritesState {
  readonly version: number;
  readonly list: readonly Favourite[];
}

export interface VoicemailState {
  /** Absent: there is no mailbox. */
  readonly number?: string;
  readonly newMessages: number;
  readonly oldMessages: number;
  /** Absent where the phone system offers no list: the mailbox is heard by calling it. */
  readonly messages?: readonly VoicemailMessage[];
  /** What callers hear; absent until the list was read. `isOwn` false: the standard one. */
  readonly greeting?: { readonly isOwn: boolean; readonly maxMs: number };
}

export interface VoicemailMessage {
  readonly id: string;
  readonly from: CallParty;
  readonly atMs: number;
  readonly durationSec: number;
  readonly isHeard: boolean;
}
