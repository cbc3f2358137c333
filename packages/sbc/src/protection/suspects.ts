import { addPoints, HALF_LIFE_MS, type Points, PointsTable, pointsAt } from './points.ts';

/** What may make a source suspicious. */
export type Offence =
  /** A program that is known for looking for victims. */
  | 'scanner'
  /** Digest credentials that were not right. */
  | 'wrongPassword'
  /** Credentials that are right and count no more, or an account that may not do this. */
  | 'forbidden'
  /** Called or asked for a number that nobody has, without being signed in. */
  | 'unknownTarget'
  /** A request that nobody who belongs here sends from where nobody is signed in. */
  | 'probe'
  /** Was asked for credentials and gave none. */
  | 'unanswered'
  /** Octets that are no message. */
  | 'malformed'
  /** Tried more accounts and numbers than one user has. */
  | 'manyTargets'
  /** More requests than are allowed. */
  | 'flood';

/** What an offence weighs. A ban follows from `banPoints` on (`ProtectionSettings`), 20 unless set otherwise. */
const WEIGHTS: Readonly<Record<Offence, number>> = {
  scanner: 1_000,
  manyTargets: 20,
  wrongPassword: 2,
  unknownTarget: 2,
  forbidden: 1,
  probe: 1,
  malformed: 1,
  unanswered: 1,
  flood: 0.02,
};

/** Targets and accounts remembered for one source. */
const MAX_REMEMBERED = 32;

interface Suspect extends Points {
  /** What of the points is for which account: given back when it proves itself. */
  readonly byAccount: Map<string, number>;
  readonly targets: Set<string>;
  targetsSinceMs: number;
}

/** What each source did that speaks against it. Points halve over time, and go when an account proves to be its own. */
export class SuspectTable {
  readonly #suspects: PointsTable<Suspect>;

  constructor(maxSources: number) {
    this.#suspects = new PointsTable(maxSources, (atMs) => ({
      value: 0,
      atMs,
      byAccount: new Map(),
      targets: new Set(),
      targetsSinceMs: atMs,
    }));
  }

  get size(): number {
    return this.#suspects.size;
  }

  /** Notes an offence, for `account` when one was tried; `share` of its weight counts. Gives the points that the source has now. */
  note(source: string, offence: Offence, nowMs: number, account?: string, share = 1): number {
    const suspect = this.#suspects.use(source, nowMs);
    const points = WEIGHTS[offence] * share;
    if (account !== undefined && (suspect.byAccount.has(account) || suspect.byAccount.size < MAX_REMEMBERED)) {
      suspect.byAccount.set(account, (suspect.byAccount.get(account) ?? 0) + points);
    }
    return addPoints(suspect, points, nowMs);
  }

  /** Notes an account or number that a source tried in vain. Gives how many different ones there were lately. */
  noteTarget(source: string, target: string, nowMs: number): number {
    const suspect = this.#suspects.use(source, nowMs);
    if (nowMs - suspect.targetsSinceMs > HALF_LIFE_MS) {
      suspect.targets.clear();
      suspect.targetsSinceMs = nowMs;
    }
    if (suspect.targets.size < MAX_REMEMBERED) suspect.targets.add(target);
    return suspect.targets.size;
  }

  /** An account has proved itself from this source: what spoke against the source because of it was a mistake. */
  forgive(source: string, account: string, nowMs: number): void {
    const suspect = this.#suspects.peek(source);
    if (!suspect) return;
    addPoints(suspect, -(suspect.byAccount.get(account) ?? 0), nowMs);
    suspect.byAccount.delete(account);
  }

  points(source: string, nowMs: number): number {
    const suspect = this.#suspects.peek(source);
    return suspect === undefined ? 0 : pointsAt(suspect, nowMs);
  }

  forget(source: string): void {
    this.#suspects.delete(source);
  }
}
