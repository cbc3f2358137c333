import { z } from 'zod';
import { voicemailQuestions } from '../clients/voicemail.ts';
import { settingsPatch } from '../settings/settings.ts';
import { atMs, counter, id, language } from '../values/scalars.ts';

/**
 * A user wishes to change settings. The PBX applies it unless what it changes was changed later than `requestedAtMs` (the
 * Connector's clock; `pong` says how far the clocks are apart), and answers with `settingsResult` either way. Handling it twice
 * does no more than once: `changeId` tells.
 */
const settingsChangeWanted = z.object({
  kind: z.literal('settingsChange'),
  changeId: id,
  userId: id,
  patch: settingsPatch,
  requestedAtMs: atMs,
});

/** The Unify Phone users have changed: a reason to synchronise now. */
const usersChanged = z.object({ kind: z.literal('usersChanged'), revision: counter });

/** An installation's credentials are not to be taken any more (`clientUsername` names it), and its contacts are to be dropped. */
const installationRevoked = z.object({
  kind: z.literal('installationRevoked'),
  userId: id,
  installationId: id,
  atMs,
});

/** The Assistant is asked to send `settingsState` and `userState` of these people, or of all, anew. */
const stateWanted = z.object({ kind: z.literal('stateWanted'), userIds: z.array(id).max(1000).optional() });

/**
 * So many installations of a person's clients are woken by push. With more than none a call for the person waits a moment for them, also
 * when no client is registered. Told when it changes, and when the person's connection data was stored.
 */
const wakeable = z.object({ kind: z.literal('wakeable'), userId: id, installations: z.int().min(0) });

/** What the Connector tells the Assistant. */
export const downBody = z.discriminatedUnion('kind', [
  settingsChangeWanted,
  usersChanged,
  installationRevoked,
  stateWanted,
  wakeable,
]);
export type DownBody = z.output<typeof downBody>;
export const DOWN_KINDS: readonly string[] = [
  'settingsChange',
  'usersChanged',
  'installationRevoked',
  'stateWanted',
  'wakeable',
];

/**
 * Questions of the moment, answered over the link or not at all: what a call would do if the settings were changed so, what is
 * in a mailbox. An answer with `code` `notFound` says that there is no such thing, or that an older side does not know the question.
 */
export const linkQuestion = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('preview'), userId: id, patch: settingsPatch.optional(), language: language.optional() }),
  ...voicemailQuestions,
]);
export type LinkQuestion = z.output<typeof linkQuestion>;
export const QUESTION_KINDS: readonly string[] = [
  'preview',
  'voicemail',
  'voicemailAudio',
  'voicemailChange',
  'voicemailGreeting',
];
