import { checkUserSettings, targetProblem } from '../check/user-settings.ts';
import type { Finding } from '../errors.ts';
import { MAX_EARLIER_ALTERNATIVE_NUMBERS, type User, type UserSettings } from '../model/index.ts';
import { normalise } from '../numbering/index.ts';
import { mayDial } from '../routing/class-of-service.ts';
import { readAs } from '../schema/issues.ts';
import { userSettings } from '../schema/people.ts';
import type { System } from '../system.ts';
import type { UserSettingsPatch } from './change.ts';

/** The settings after the change, or why it is refused; findings have paths within the settings. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: UserSettings }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** What a user's own wish makes of the settings. Nobody learns from a refusal that a number is auxiliary. */
export function changeSettings(system: System, user: User, patch: UserSettingsPatch): SettingsResult {
  const wanted = withAlternativeNumber(system, user, patch);
  if (!wanted.ok) return wanted;
  const read = readAs(userSettings, { ...wanted.settings, ...simpleFields(patch) });
  if (!read.ok) return read;
  const findings = [...checkUserSettings(system, { ...user, settings: read.value })];
  if (findings.length === 0) return { ok: true, settings: read.value };
  return { ok: false, findings: findings.map(({ field, ...finding }) => ({ ...finding, path: [field] })) };
}

function simpleFields({ routing, busy, noAnswer, ringOrder, ringSec }: UserSettingsPatch): Partial<UserSettings> {
  return {
    ...(routing === undefined ? {} : { routing }),
    ...(busy === undefined ? {} : { busy }),
    ...(noAnswer === undefined ? {} : { noAnswer }),
    ...(ringOrder === undefined ? {} : { ringOrder }),
    ...(ringSec === undefined || ringSec === null ? {} : { ringSec }),
  };
}

/** The settings with what the patch takes away gone and the alternative number in canonical form. */
function withAlternativeNumber(system: System, user: User, patch: UserSettingsPatch): SettingsResult {
  const { fixedTarget, ringSec, alternativeNumber, ...rest } = user.settings;
  const kept = {
    ...rest,
    ...(fixedTarget === undefined || patch.routing !== undefined ? {} : { fixedTarget }),
    ...(ringSec === undefined || patch.ringSec === null ? {} : { ringSec }),
  };
  if (patch.alternativeNumber === null) return { ok: true, settings: { ...kept, ...remember(user, undefined) } };
  if (patch.alternativeNumber === undefined) {
    return { ok: true, settings: alternativeNumber === undefined ? kept : { ...kept, alternativeNumber } };
  }
  const number = canonicalTarget(system, user, patch.alternativeNumber);
  if (!number.ok) return number;
  return { ok: true, settings: { ...kept, alternativeNumber: number.text, ...remember(user, number.text) } };
}

/** The former alternative number goes to the front of the remembered ones, the new one leaves them. */
function remember({ settings }: User, next: string | undefined): Pick<UserSettings, 'earlierAlternativeNumbers'> {
  const former = settings.alternativeNumber === undefined ? [] : [settings.alternativeNumber];
  const all = new Set([...former, ...settings.earlierAlternativeNumbers]);
  if (next !== undefined) all.delete(next);
  return { earlierAlternativeNumbers: [...all].slice(0, MAX_EARLIER_ALTERNATIVE_NUMBERS) };
}

type CanonicalTarget =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly findings: readonly Finding[] };

function canonicalTarget(system: System, user: User, dialled: string): CanonicalTarget {
  const number = normalise(dialled, system.data.numbering);
  const problem = targetProblem(system, user, dialled);
  if (problem === 'alternativeNumberIsOwn') return refused(problem, 'This is your own number.');
  if (problem === 'alternativeNumberInvalid') return refused(problem, 'This is no number calls can be sent to.');
  if (problem !== undefined || (number.kind !== 'internal' && number.kind !== 'outside')) {
    return refused('alternativeNumberUnknown', 'This number does not exist.');
  }
  const station = system.stations.get(user.deskStation ?? '');
  const callClass = number.kind === 'internal' ? 'internal' : number.callClass;
  if (station !== undefined && !mayDial(system, station, callClass)) {
    return refused('alternativeNumberNotAllowed', 'This number may not be dialled from your station.');
  }
  return { ok: true, text: number.number };
}

function refused(code: Finding['code'], message: string): CanonicalTarget {
  const hint = 'Choose another number.';
  return { ok: false, findings: [{ code, path: ['alternativeNumber'], message, hint }] };
}
