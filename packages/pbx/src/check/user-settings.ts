import type { ErrorCode, Finding } from '../errors.ts';
import type { User } from '../model/index.ts';
import { normalise } from '../numbering/index.ts';
import { internalNumberOf } from '../routing/direct-numbers.ts';
import type { System } from '../system.ts';

/** A finding about one setting. */
export interface SettingsFinding {
  readonly code: ErrorCode;
  readonly field: 'routing' | 'busy' | 'noAnswer' | 'alternativeNumber' | 'fixedTarget' | 'ringOrder';
  readonly message: string;
  readonly hint: string;
}

/** The settings of all users. */
export function* checkAllSettings(system: System): Generator<Finding> {
  for (const [index, user] of system.data.users.entries()) {
    for (const { field, ...finding } of checkUserSettings(system, user)) {
      yield { ...finding, path: ['users', index, 'settings', field] };
    }
  }
}

/** The settings of one user: what they send calls to must be there. */
export function* checkUserSettings(system: System, user: User): Generator<SettingsFinding> {
  const { settings } = user;
  for (const field of ['routing', 'busy', 'noAnswer'] as const) yield* checkDestination(user, field);
  if (settings.alternativeNumber !== undefined) {
    yield* checkTarget(system, user, 'alternativeNumber', settings.alternativeNumber);
  }
  if (settings.fixedTarget !== undefined) yield* checkTarget(system, user, 'fixedTarget', settings.fixedTarget);
  yield* checkRingOrder(system, user);
}

function* checkDestination(user: User, field: 'routing' | 'busy' | 'noAnswer'): Generator<SettingsFinding> {
  const { settings, mailbox } = user;
  if (settings[field] === 'voicemail' && !mailbox) {
    const message = `User "${user.id}" has no mailbox.`;
    yield { code: 'mailboxMissing', field, message, hint: 'Create the mailbox first, or choose another setting.' };
  }
  if (settings[field] === 'alternativeNumber' && settings.alternativeNumber === undefined) {
    const message = `User "${user.id}" has no alternative number.`;
    const hint = 'Set the alternative number first, or choose another setting.';
    yield { code: 'alternativeNumberMissing', field, message, hint };
  }
}

function* checkTarget(
  system: System,
  user: User,
  field: 'alternativeNumber' | 'fixedTarget',
  number: string,
): Generator<SettingsFinding> {
  const problem = targetProblem(system, user, number);
  if (problem === undefined) return;
  yield {
    code: problem,
    field,
    message: `${number} ${TARGET_PROBLEMS[problem][0]}`,
    hint: TARGET_PROBLEMS[problem][1],
  };
}

type TargetProblem =
  | 'alternativeNumberInvalid'
  | 'alternativeNumberUnknown'
  | 'alternativeNumberIsOwn'
  | 'alternativeNumberIsAuxiliary';

const TARGET_PROBLEMS: Readonly<Record<TargetProblem, readonly [what: string, hint: string]>> = {
  alternativeNumberInvalid: [
    'is no number that calls can be sent to.',
    'Give an internal number or an outside number like "+491711234567"; emergency numbers and codes are none.',
  ],
  alternativeNumberUnknown: ['does not exist.', 'Give the number of a station or application, or an outside number.'],
  alternativeNumberIsOwn: ['is the user’s own number.', 'Give another number: calls would go round in a circle.'],
  alternativeNumberIsAuxiliary: [
    'is the auxiliary number of a UFIP device, which nobody can call.',
    'Give the desk number of that user: Unisono Phone rings there too.',
  ],
};

/** Why calls of this user cannot be sent to the number; undefined: they can. */
export function targetProblem(system: System, user: User, number: string): TargetProblem | undefined {
  const dialled = normalise(number, system.data.numbering);
  if (dialled.kind !== 'internal' && dialled.kind !== 'outside') return 'alternativeNumberInvalid';
  const inside = dialled.kind === 'internal' ? dialled.number : internalNumberOf(system, dialled.number);
  if (inside === undefined) return undefined;
  if (system.auxiliaryNumbers.has(inside)) return 'alternativeNumberIsAuxiliary';
  const owner = system.numbers.get(inside);
  if (owner === undefined) return 'alternativeNumberUnknown';
  return owner.kind === 'station' && owner.id === user.deskStation ? 'alternativeNumberIsOwn' : undefined;
}

function* checkRingOrder(system: System, { settings }: User): Generator<SettingsFinding> {
  const { ringOrder } = settings;
  const ringSec = settings.ringSec ?? system.data.defaults.ringSec;
  if (ringOrder.order === 'simultaneous' || ringOrder.afterSec < ringSec) return;
  const message = `The others would ring after ${ringOrder.afterSec} s, when the ring time of ${ringSec} s is over.`;
  const hint = 'Let them ring earlier, or ring longer.';
  yield { code: 'ringOrderTooLate', field: 'ringOrder', message, hint };
}
