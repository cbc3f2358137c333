import { z } from 'zod';
import { atMs, dialNumber, id, line } from '../values/scalars.ts';

/** The other side of a call. Never an auxiliary number. Neither is there when the caller withholds it. */
export const party = z.object({ number: dialNumber.optional(), name: line(200).optional() }).meta({ id: 'Party' });

export const direction = z.enum(['incoming', 'outgoing']);

/** What runs on a user's devices now. */
export const callEvent = z
  .object({
    callId: id,
    direction,
    state: z.enum(['alerting', 'connected', 'held', 'ended']).or(z.string()),
    party,
    /** `desk`, `client`, or what a newer phone system has. */
    device: z.string().max(32).optional(),
    isSecondCall: z.boolean().default(false),
    atMs,
    startedAtMs: atMs,
    /** Why it ended. */
    result: z.string().max(32).optional(),
  })
  .meta({ id: 'CallEvent' });
export type CallEvent = z.output<typeof callEvent>;

/**
 * How a call ended for this user, truthfully: `answered` (here), `answeredElsewhere` (on another device of the user: still this
 * user's call), `deflected` (sent on: `reason` says why), `declined`, `busy`, `noAnswer` (missed, or nobody answered), `cancelled`
 * (the caller gave up), `unreachable`, `refused`, `failed`, `interrupted` (the system went down in the call).
 */
export const callResult = z
  .enum([
    'answered',
    'answeredElsewhere',
    'deflected',
    'declined',
    'busy',
    'noAnswer',
    'cancelled',
    'unreachable',
    'refused',
    'failed',
    'interrupted',
  ])
  .or(z.string());

/** One call of one user, any device. One entry per call, whatever happened in it. */
export const historyEntry = z
  .object({
    entryId: id,
    callId: id,
    direction,
    party,
    /** What was dialled, when outgoing. */
    dialled: dialNumber.optional(),
    startedAtMs: atMs,
    answeredAtMs: atMs.optional(),
    endedAtMs: atMs,
    result: callResult,
    /** Why it was sent on: `unconditional`, `busy`, `noAnswer`, `unreachable`, `declined`. */
    reason: z.string().max(32).optional(),
    /** Where it was sent on to. */
    deflectedTo: party.optional(),
    /** A sentence for people. */
    detail: line(500).optional(),
    /** `desk`, `client`: on what it was answered; `voicemail`: it was sent there. */
    device: z.string().max(32).optional(),
  })
  .meta({ id: 'HistoryEntry' });
export type HistoryEntry = z.output<typeof historyEntry>;

/** What a sleeping client is woken for. `callEnded` takes an `incomingCall` back. */
export const pushRequest = z
  .object({
    pushId: id,
    kind: z.enum(['incomingCall', 'callEnded', 'missedCall', 'voicemail']).or(z.string()),
    callId: id.optional(),
    party: party.optional(),
    /** After this it is of no use to anybody. */
    expiresAtMs: atMs,
  })
  .meta({ id: 'PushRequest' });
export type PushRequest = z.output<typeof pushRequest>;

/** Messages in the mailbox (RFC 3842). */
export const messageWaiting = z
  .object({ newMessages: z.int().min(0), oldMessages: z.int().min(0), atMs })
  .meta({ id: 'MessageWaiting' });

/** What of a user can be rung now, and how many calls the user has. */
export const userState = z
  .object({
    isDeskRegistered: z.boolean(),
    clientCount: z.int().min(0),
    callCount: z.int().min(0),
    atMs,
  })
  .meta({ id: 'UserState' });
export type UserState = z.output<typeof userState>;

/** What colleagues see of a user: `free`, `inCall`, or `away` when nothing of theirs would ring. */
export const presence = z.enum(['free', 'inCall', 'away']).or(z.string().max(32)).meta({ id: 'Presence' });
export type Presence = z.output<typeof presence>;
