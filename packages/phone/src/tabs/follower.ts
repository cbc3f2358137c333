import type { Commands } from '../leader.ts';
import { failed, type Outcome } from '../outcome.ts';
import type { PhoneClock } from '../ports.ts';
import type { TabMessage } from './messages.ts';

/** Moves take as long as somebody takes to answer; everything else is quick. */
const ANSWER_MS = 65_000;
const SEEN_MS = 4_000;

/** Sends commands to the tab that leads, and gives their outcomes back. */
export class Follower {
  readonly #waiting = new Map<string, (outcome: Outcome<unknown>) => void>();
  readonly #clock: PhoneClock;
  readonly #post: (message: TabMessage) => void;
  readonly #newId: () => string;
  #isLeaderThere = false;

  constructor(clock: PhoneClock, newId: () => string, post: (message: TabMessage) => void) {
    this.#clock = clock;
    this.#newId = newId;
    this.#post = post;
  }

  /** Something was heard of a leader. */
  leaderSeen(): void {
    this.#isLeaderThere = true;
  }

  leaderGone(): void {
    this.#isLeaderThere = false;
    for (const answer of this.#waiting.values()) answer(NO_LEADER);
    this.#waiting.clear();
  }

  answered(id: string, outcome: Outcome<unknown>): void {
    this.#waiting.get(id)?.(outcome);
    this.#waiting.delete(id);
  }

  send(path: readonly [string, string], args: readonly unknown[]): Promise<Outcome<unknown>> {
    const { promise, resolve } = Promise.withResolvers<Outcome<unknown>>();
    const id = this.#newId();
    const cancel = this.#clock.after(this.#isLeaderThere ? ANSWER_MS : SEEN_MS, () => this.answered(id, NO_LEADER));
    this.#waiting.set(id, (outcome) => {
      cancel();
      resolve(outcome);
    });
    this.#post({ type: 'command', id, path, args });
    return promise;
  }
}

const NO_LEADER = failed('noLeader', 'The tab that has the calls did not answer.');

/** The commands of each group by name. */
const NAMES: { readonly [Group in keyof Commands]: readonly (keyof Commands[Group])[] } = {
  signIn: [
    'findTenants',
    'methods',
    'withPassword',
    'startOidc',
    'finishOidc',
    'withPairingCode',
    'lookAtLink',
    'useLink',
    'forgotPassword',
    'signOut',
  ],
  calls: [
    'dial',
    'answer',
    'decline',
    'deflect',
    'hangUp',
    'setMuted',
    'hold',
    'resume',
    'swap',
    'sendDigits',
    'transfer',
    'transferAttended',
    'merge',
    'expel',
    'push',
    'dismiss',
    'microphoneChanged',
  ],
  line: ['tryNow'],
  elsewhere: ['pull'],
  settings: ['change', 'preview', 'changeNotifications', 'refresh'],
  history: ['setFilter', 'loadMore', 'markSeen', 'remove'],
  book: ['search', 'whoseNumber', 'setFavourites', 'watch'],
  account: [
    'setLanguage',
    'sharePresence',
    'changePassword',
    'startTotp',
    'confirmTotp',
    'removeTotp',
    'renameDevice',
    'signOutDevice',
    'startPairing',
    'pairing',
    'decidePairing',
  ],
  voicemail: ['refresh', 'audio', 'markHeard', 'remove', 'greeting', 'setGreeting', 'removeGreeting'],
  push: ['key', 'subscribe', 'unsubscribe'],
};

/** Every command as one function of its group and name. */
export function commandsBy(
  perform: (path: readonly [string, string], args: readonly unknown[]) => Promise<Outcome<unknown>>,
): Commands {
  const groups = Object.entries(NAMES).map(([group, names]) => [
    group,
    Object.fromEntries(
      (names as readonly string[]).map((name) => [name, (...args: unknown[]) => perform([group, name], args)]),
    ),
  ]);
  return Object.fromEntries(groups) as Commands;
}

/** Performs a command that came as a message; unknown ones are refused. */
export async function performNamed(
  commands: Commands,
  [group, name]: readonly [string, string],
  args: readonly unknown[],
): Promise<Outcome<unknown>> {
  const isKnown = Object.hasOwn(NAMES, group) && (NAMES[group as keyof Commands] as readonly string[]).includes(name);
  if (!isKnown) return failed('notOffered', 'There is no such command.');
  const command = (commands as unknown as Record<string, Record<string, (...given: unknown[]) => unknown>>)[group]?.[
    name
  ];
  const outcome = await command?.(...args);
  return (outcome as Outcome<unknown> | undefined) ?? { ok: true, value: undefined };
}
