import { z } from 'zod';

/**
 * Everything that is refused, by its stable code: HTTP status, what happened in general, and what to do. The text may be improved;
 * the code and its status stay.
 */
export const PROBLEMS = {
  invalidRequest: [400, 'The request is not of the expected form.', 'Correct the fields listed under errors.'],
  notSignedIn: [401, 'There is no valid session or key.', 'Sign in again, or check the API key.'],
  wrongCredentials: [401, 'These credentials are not right.', 'Check the address and the password.'],
  secondFactorDue: [
    403,
    'A second factor has to be set up first.',
    'Set one up (POST /v1/me/totp) and confirm it with a code.',
  ],
  secondFactorRequired: [401, 'A second factor is needed.', 'Send the code of the authenticator app as totp.'],
  wrongSecondFactor: [401, 'The code is not right.', 'Wait for the next code of the app, and check its clock.'],
  certificateRequired: [401, 'This tenant wants a client certificate.', 'Present the certificate of this system.'],
  notAllowed: [403, 'This may not be done with this key or session.', 'Ask an administrator for the right.'],
  accountDisabled: [403, 'The account is disabled.', 'Ask your administrator.'],
  phoneOff: [403, 'Unify Phone is switched off for this person.', 'Ask your administrator to switch it on.'],
  notFound: [404, 'There is no such thing here.', 'Check the address and the id.'],
  noConnectionData: [
    404,
    'The phone system has not given this person a device yet.',
    'Wait for the next synchronisation, or ask your administrator.',
  ],
  emailTaken: [409, 'The e-mail address belongs to somebody else of this tenant.', 'Use another address.'],
  conflict: [409, 'Somebody else has changed this meanwhile.', 'Read it again and repeat the change.'],
  connectedElsewhere: [
    409,
    'Another phone system of this tenant has a device for this person.',
    'Take the device away there first.',
  ],
  idempotencyConflict: [409, 'This idempotency key was used for another request.', 'Use a new key for a new request.'],
  staleVersion: [409, 'A newer version is stored already.', 'Read the stored version and send a newer one.'],
  cursorExpired: [410, 'This position is too old to continue from.', 'Begin again without a cursor.'],
  expired: [410, 'The link or code is used up or too old.', 'Ask for a new one.'],
  preconditionFailed: [412, 'The entry is not in the state that was expected.', 'Read it again and repeat the change.'],
  tooLarge: [413, 'The request is too large.', 'Send it in smaller parts.'],
  unsupportedMedia: [415, 'The content is of a type that is not read here.', 'Send the type that the API names.'],
  wrongPassword: [
    422,
    'The password does not fit the rules.',
    'Choose a longer one that is not on lists of common ones.',
  ],
  unsupportedVersion: [426, 'The two sides have no protocol version in common.', 'Update the older side.'],
  tooManyRequests: [429, 'Too many requests came from here.', 'Wait as long as Retry-After says.'],
  fault: [500, 'The service has made a mistake.', 'Try again; report the request id if it stays.'],
  upstream: [502, 'A system behind the service did not answer as it should.', 'Try again later.'],
  overloaded: [503, 'The service is busy or cannot write.', 'Try again as long after as Retry-After says.'],
  systemOffline: [503, 'The phone system cannot be reached now.', 'What was changed is kept and applied later.'],
  storageFull: [507, 'The service has no space left to write.', 'Nothing was changed. The operator has to make space.'],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string, action: string]>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The codes as a list. */
export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];

/** One field that was wrong. */
const fieldProblem = z.object({
  /** Where, as a JSON pointer (RFC 6901) into the request: `/body/email`. */
  path: z.string(),
  code: z.string(),
  message: z.string(),
});

/**
 * What every refused request is answered with (RFC 9457, `application/problem+json`). `code` is for programs, `title`, `detail` and
 * `action` are for people. Codes that a reader does not know are of the kind their status says.
 */
export const problem = z
  .object({
    code: z.string(),
    status: z.int().min(400).max(599),
    /** What happened, in general. */
    title: z.string(),
    /** What happened, here. */
    detail: z.string(),
    /** What to do. */
    action: z.string(),
    errors: z.array(fieldProblem).optional(),
    retryAfterSec: z.int().min(0).optional(),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'Why a request was refused (RFC 9457).' });

export type Problem = z.output<typeof problem>;
export type FieldProblem = z.output<typeof fieldProblem>;

/** The problem of a code. Without a detail of its own it says what its code says. */
export function problemOf(
  code: ProblemCode,
  detail?: string,
  more: Pick<Problem, 'errors' | 'retryAfterSec' | 'requestId'> & { readonly action?: string } = {},
): Problem {
  const [status, title, action] = PROBLEMS[code];
  return { code, status, title, detail: detail ?? title, action, ...more };
}
