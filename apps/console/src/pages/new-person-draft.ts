import { ask, type Problem, Refused } from '../api.ts';
import { hasWord, type Language, text } from '../words.ts';

/** What the wizard asks for. */
export interface Draft {
  readonly name: string;
  readonly email: string;
  readonly number: string;
  readonly deskPhone: boolean;
  readonly clients: boolean;
  readonly ufipNumber: string;
  readonly mailbox: boolean;
  readonly invite: boolean;
}

export const NEW_DRAFT: Draft = {
  name: '',
  email: '',
  number: '',
  deskPhone: true,
  clients: true,
  ufipNumber: '',
  mailbox: true,
  invite: true,
};

export const STEPS = ['who', 'whichNumber', 'whichDevices', 'check'] as const;
const NUMBER_STEP = 1;
const DEVICES_STEP = 2;
const CHECK_STEP = STEPS.length - 1;

type FieldError = NonNullable<Problem['errors']>[number];

/** The person as the Assistant is asked to make them. */
export function personOf({ invite: _, ufipNumber, ...draft }: Draft): Record<string, unknown> {
  return draft.clients ? { ...draft, ufipNumber } : draft;
}

/** Asks whether what was entered up to this step is right. Throws `Refused` with what is not; what comes later is not looked at. */
export async function tryStep(draft: Draft, step: number): Promise<void> {
  try {
    await ask('POST', 'people?dryRun=true', personOf({ ...draft, clients: draft.clients && step >= DEVICES_STEP }));
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.errors === undefined) throw error;
    const errors = error.problem.errors.filter((one) => stepOf(one) <= step);
    if (errors.length > 0) throw new Refused({ ...error.problem, errors });
  }
}

function stepOf({ path, code }: FieldError): number {
  if (/\.(name|email)$/.test(path) || path.startsWith('users[')) return 0;
  if (path.startsWith('stations[') || code === 'flexLicencesOverrun') return NUMBER_STEP;
  if (path.startsWith('ufipDevices[') || code === 'unifyPhoneLicencesOverrun') return DEVICES_STEP;
  return CHECK_STEP;
}

/** What is wrong with an entry, in the words of the form instead of the names of the system data. */
export function refusedText({ path, code, message, hint }: FieldError, draft: Draft, language: Language): string {
  const told = `refused.${code}`;
  if (!hasWord(told)) return `${message} ${hint}`;
  const sentence = text(told, language);
  const [label, value] = fieldAt(path, draft) ?? [];
  if (label === undefined || code.endsWith('Overrun')) return sentence;
  const isNumber = label === 'deskNumber' || label === 'ufipNumber';
  const more = isNumber && code === 'fieldFormat' ? text('numberWrong', language) : language === 'en' ? hint : '';
  const quoted = language === 'de' ? `„${value}“` : `“${value}”`;
  return `${text(label, language)} ${quoted} ${sentence}. ${more}`.trim();
}

function fieldAt(path: string, draft: Draft): readonly [label: string, value: string] | undefined {
  if (path.endsWith('.name')) return ['name', draft.name];
  if (path.endsWith('.email')) return ['email', draft.email];
  // The id of a station is its number.
  if (/^stations\[\d+\]\.(number|id)$/.test(path)) return ['deskNumber', draft.number];
  if (/^ufipDevices\[\d+\]\.(number|id)$/.test(path)) return ['ufipNumber', draft.ufipNumber];
  return undefined;
}
