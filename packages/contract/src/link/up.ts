import { z } from 'zod';
import { callEvent, historyEntry, messageWaiting, presence, pushRequest, userState } from '../calls/calls.ts';
import { voicemailAnswers } from '../clients/voicemail.ts';
import { callSettings, preview, settingsOrigin } from '../settings/settings.ts';
import { atMs, counter, id } from '../values/scalars.ts';

/** What is in force for a user. `version` grows with each change at the PBX; a lower one than known is out of date. */
const settingsInForce = {
  userId: id,
  version: counter,
  settings: callSettings,
  changedAtMs: atMs,
  origin: settingsOrigin,
  preview: preview.optional(),
};

/** What became of a wish (`settingsChange`), with what is in force now. */
const settingsResult = z.object({
  kind: z.literal('settingsResult'),
  changeId: id,
  outcome: z.enum(['applied', 'refused', 'superseded']),
  /** Why not: a stable code of the PBX and a sentence for the user. */
  code: z.string().max(64).optional(),
  message: z.string().max(1000).optional(),
  inForce: z.object(settingsInForce).optional(),
  userId: id,
});

/** Settings changed at the PBX, or were asked for; also when only the preview changed. */
const settingsState = z.object({ kind: z.literal('settingsState'), ...settingsInForce });

const callHappened = z.object({ kind: z.literal('callEvent'), userId: id, event: callEvent });
const historyWritten = z.object({ kind: z.literal('historyEntry'), userId: id, entry: historyEntry });
const pushWanted = z.object({ kind: z.literal('pushRequest'), userId: id, push: pushRequest });
const mailboxChanged = z.object({ kind: z.literal('messageWaiting'), userId: id, messages: messageWaiting });
const userStateChanged = z.object({ kind: z.literal('userState'), userId: id, state: userState });
/** What colleagues are told of a number of the directory (`ListedStation`) that is of no connected person. */
const stationStateChanged = z.object({ kind: z.literal('stationState'), stationId: id, presence });

/** What the Assistant tells the Connector. */
export const upBody = z.discriminatedUnion('kind', [
  settingsResult,
  settingsState,
  callHappened,
  historyWritten,
  pushWanted,
  mailboxChanged,
  userStateChanged,
  stationStateChanged,
]);
export type UpBody = z.output<typeof upBody>;
export const UP_KINDS: readonly string[] = [
  'settingsResult',
  'settingsState',
  'callEvent',
  'historyEntry',
  'pushRequest',
  'messageWaiting',
  'userState',
  'stationState',
];

/** Answer to a question of `linkQuestion`. */
export const linkAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('preview'), preview }),
  ...voicemailAnswers,
]);
export type LinkAnswer = z.output<typeof linkAnswer>;
export const ANSWER_KINDS: readonly string[] = ['preview', 'voicemail', 'audio', 'done'];
