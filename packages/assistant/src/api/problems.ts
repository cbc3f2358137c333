import type { SystemError } from '@unisono/pbx';
import { z } from 'zod';

/** Everything the API refuses, by its stable code: HTTP status, what happened in general, what to do. */
export const PROBLEMS = {
  requestInvalid: [400, 'The request is not of the expected form.', 'Correct the fields listed under errors.'],
  notSignedIn: [401, 'You are not signed in.', 'Sign in, or send an API token.'],
  secondFactorRequired: [401, 'A code of the second factor is needed.', 'Give the six digits that your app shows.'],
  signInWrong: [401, 'User name or password is wrong.', 'Check both, and the keyboard for capitals.'],
  csrfMissing: [403, 'The request does not come from the pages of the Assistant.', 'Reload the page and try again.'],
  secondFactorDue: [
    403,
    'You have to set up a second factor first.',
    'Set one up: the pages show how after signing in.',
  ],
  notAllowed: [403, 'Your role does not allow this.', 'Ask an administrator with the role admin.'],
  notFound: [404, 'There is no such thing.', 'Check the address; it may have been deleted.'],
  lastAdmin: [409, 'This is the last administrator with the role admin.', 'Make somebody else admin first.'],
  secondFactorState: [409, 'The second factor is not in that state.', 'Look at it again.'],
  deskPhoneThere: [409, 'There is a desk phone already.', 'Renew its password, or take it away first.'],
  usernameTaken: [409, 'There is an administrator of this name already.', 'Choose another user name.'],
  setupDone: [409, 'The Assistant is set up already.', 'Sign in, or ask an administrator for an account.'],
  linkUsedUp: [410, 'The link is used up or too old.', 'Ask for a new one, or restart to print the first one again.'],
  stale: [412, 'Somebody else has changed this meanwhile.', 'Look at the new state and make your change again.'],
  tooLarge: [413, 'The request is too large.', 'Send it in smaller parts.'],
  mediaTypeUnknown: [415, 'The content is of a type that is not read here.', 'Send application/json or text/csv.'],
  dataInvalid: [
    422,
    'The change breaks rules of the phone system; nothing was changed.',
    'See errors for each reason.',
  ],
  licenceRefused: [422, 'The licence does not allow this; nothing was changed.', 'Install another licence.'],
  licenceInvalid: [422, 'The licence file was not taken.', 'Ask who issued it for a new one.'],
  passwordWeak: [422, 'The password does not fit.', 'Choose another one.'],
  importInvalid: [422, 'The file has errors; nothing was imported.', 'Correct the lines listed under errors.'],
  preconditionMissing: [
    428,
    'The change does not say which state it is based on.',
    'Send the ETag you have read as If-Match.',
  ],
  tooManyRequests: [429, 'Too many tries.', 'Wait as long as Retry-After says.'],
  fault: [500, 'The Assistant has made a mistake.', 'Try again; look into the log with the request id if it stays.'],
  syncRunning: [409, 'Another process is synchronising.', 'Wait until it has ended.'],
  linkOff: [409, 'No Connector is configured.', 'Set assistant.connector in the configuration.'],
  directoryKeyMissing: [
    409,
    'The administration may not write to the directory of the cloud.',
    'Have a key made there (unisono connector add-key TENANT --scope directory) and set it as assistant.directoryKey.',
  ],
  directoryRefused: [502, 'The cloud did not do it.', 'See what it says.'],
  linkDown: [502, 'The Connector could not be reached.', 'See the state of the link for the reason.'],
  storageFull: [507, 'The change could not be written; nothing was changed.', 'See whether the disk is full.'],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string, action: string]>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One thing that is wrong. */
export const fieldProblem = z.object({
  code: z.string(),
  /** The field, like `stations[3].number`, or the line of a file. */
  path: z.string(),
  message: z.string(),
  /** What would be right. */
  hint: z.string(),
});

const changedBy = z.object({ actor: z.string(), atMs: z.number(), fields: z.array(z.string()) });

/** What every refused request is answered with (RFC 9457, `application/problem+json`). */
export const problemSchema = z
  .object({
    code: z.string(),
    status: z.int(),
    title: z.string(),
    detail: z.string(),
    action: z.string(),
    errors: z.array(fieldProblem).optional(),
    /** Who changed it meanwhile, for `stale`; absent when it was changed at a phone or by an import. */
    changedBy: changedBy.optional(),
    retryAfterSec: z.int().optional(),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'Why a request was refused (RFC 9457).' });

export type Problem = z.output<typeof problemSchema>;

/** Thrown by handlers to refuse a request; becomes the answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly problem: Problem;

  constructor(code: ProblemCode, detail?: string, more: Partial<Problem> = {}) {
    const [status, title, action] = PROBLEMS[code];
    super(detail ?? title);
    this.problem = { code, status, title, detail: detail ?? title, action, ...more };
  }
}

/** The errors of the domain, as the API tells them. */
export function fieldProblems(errors: readonly SystemError[]): NonNullable<Problem['errors']> {
  return errors.map(({ code, path, message, hint }) => ({ code, path, message, hint }));
}
