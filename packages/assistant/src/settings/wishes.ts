import type { DownBody, LinkQuestion, Preview, SettingsPatch, UpBody } from '@unisono/contract';
import { applyChange, type Change, type System, type User } from '@unisono/pbx';
import type { Actor } from '../access/roles.ts';
import type { AssistantClock } from '../ports.ts';
import { type AssistantDatabase, type Statement, statementOf } from '../store/index.ts';
import type { Administration } from '../system/administration.ts';
import type { SettingsTracker, Told } from './settings-tracker.ts';

type Wish = Extract<DownBody, { kind: 'settingsChange' }>;
type Result = Extract<UpBody, { kind: 'settingsResult' }>;

export interface WishParts {
  readonly database: AssistantDatabase;
  readonly administration: Administration;
  readonly tracker: SettingsTracker;
  readonly clock: AssistantClock;
  /** The user of the PBX that a person of the directory is matched with. */
  userOf(person: string): User | undefined;
  /** Says that the next change of these settings is a client's, made at that time. */
  asClient(work: () => void, atMs: number): void;
}

/** Answers are kept this long: after that nobody asks again. */
const REMEMBERED_MS = 7 * 86_400_000;

/**
 * What a user wished in a client: applied unless what it changes was changed later. Gives the statements to store and what to tell.
 * Handling a wish twice does no more than once.
 */
export function handleWish(
  parts: WishParts,
  wish: Wish,
  clockOffsetMs: number,
): { readonly statements: readonly Statement[]; readonly result: Result } {
  const { database, clock } = parts;
  const known = answered(database, wish.changeId);
  if (known !== undefined) return { statements: [], result: known };
  const result = decide(parts, wish, wish.requestedAtMs - clockOffsetMs);
  const { query } = database;
  const row = { id: wish.changeId, at_ms: clock.epochMs(), answer: JSON.stringify(result) };
  return {
    result,
    statements: [
      statementOf(query.deleteFrom('assistant_inbox').where('at_ms', '<', clock.epochMs() - REMEMBERED_MS)),
      statementOf(query.insertInto('assistant_inbox').values(row)),
    ],
  };
}

function answered({ query, read }: AssistantDatabase, id: string): Result | undefined {
  const [row] = read(query.selectFrom('assistant_inbox').select('answer').where('id', '=', id));
  return row && (JSON.parse(row.answer) as Result);
}

function decide(parts: WishParts, { changeId, userId, patch }: Wish, requestedAtMs: number): Result {
  const { administration, tracker } = parts;
  const base = { kind: 'settingsResult', changeId, userId } as const;
  const user = parts.userOf(userId);
  if (user === undefined) {
    const message = 'You have no device in the phone system at the moment. Ask your administrator.';
    return { ...base, outcome: 'refused', code: 'userUnknown', message };
  }
  const inForce = (system: System): NonNullable<Result['inForce']> => {
    const { kind: _, ...state } = tracker.state(system, userId, system.users.get(user.id) ?? user);
    return state;
  };
  if (isInForce(user, patch)) return { ...base, outcome: 'applied', inForce: inForce(administration.system) };
  const winner = laterChange(tracker.told(user.id), patch, requestedAtMs);
  if (winner !== undefined) {
    const message = `This was changed later ${winner}, and that stays.`;
    return { ...base, outcome: 'superseded', message, inForce: inForce(administration.system) };
  }
  let done: ReturnType<Administration['change']> | undefined;
  const change: Change = { kind: 'userSettings', user: user.id, settings: patch as never };
  parts.asClient(
    () => {
      done = administration.change(clientOf(user), [change]);
    },
    Math.min(requestedAtMs, parts.clock.epochMs()),
  );
  if (done?.ok) return { ...base, outcome: 'applied', inForce: inForce(done.system) };
  const [error] = done?.reason === 'invalid' ? done.errors : [];
  return {
    ...base,
    outcome: 'refused',
    code: error?.code ?? 'refused',
    message: error === undefined ? 'The phone system could not apply this.' : `${error.message} ${error.hint}`,
    inForce: inForce(administration.system),
  };
}

function clientOf(user: User): Actor {
  return { kind: 'system', id: user.id, name: `client:${user.id}`, role: 'helpdesk' };
}

function isInForce({ settings }: User, patch: SettingsPatch): boolean {
  return Object.entries(patch).every(([name, wanted]) => {
    const now = settings[name as keyof typeof settings];
    return JSON.stringify(wanted ?? null) === JSON.stringify(now ?? null);
  });
}

/** Where a setting of the patch was changed after the wish was made; undefined: nowhere. */
function laterChange(told: Told | undefined, patch: SettingsPatch, requestedAtMs: number): string | undefined {
  const isLater = Object.keys(patch).some((name) => (told?.times[name] ?? 0) > requestedAtMs);
  if (!isLater) return undefined;
  const places: Readonly<Record<string, string>> = { client: 'on another device', phone: 'at the desk phone' };
  return places[told?.origin ?? ''] ?? 'by an administrator';
}

/** What a call would do if the settings were changed so. */
export function answerPreview(
  system: System,
  tracker: SettingsTracker,
  user: User | undefined,
  { patch }: Extract<LinkQuestion, { kind: 'preview' }>,
): Preview | undefined {
  if (user === undefined) return undefined;
  if (patch === undefined) return tracker.preview(system, user);
  const tried = applyChange(system, { kind: 'userSettings', user: user.id, settings: patch as never });
  if (!tried.ok) {
    const why = tried.errors.map(({ message, hint }) => `${message} ${hint}`);
    return { en: why, de: why };
  }
  const changed = tried.system.users.get(user.id);
  return changed && tracker.preview(tried.system, changed);
}
