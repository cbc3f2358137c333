import { addPoints, type Points, PointsTable, pointsAt } from './points.ts';

/** Wrong passwords for one account, halved over time, from which it counts as attacked. */
const ATTACKED_FROM = 20;
/** Sources from which they have to come: one alone is dealt with as a source. */
const ATTACKED_BY = 3;

interface Guessed extends Points {
  readonly sources: Set<string>;
}

/**
 * Accounts whose password is guessed from many places at once, each of which does little. An attacked account is not locked, which would
 * be a gift to the attacker: whoever guesses wrong is banned sooner, and the right password is right at once.
 */
export class GuessedAccounts {
  readonly #accounts: PointsTable<Guessed>;

  constructor(maxAccounts: number) {
    this.#accounts = new PointsTable(maxAccounts, (atMs) => ({ value: 0, atMs, sources: new Set() }));
  }

  get size(): number {
    return this.#accounts.size;
  }

  /** Notes a wrong password. True when the account has just come under attack. */
  note(account: string, source: string, nowMs: number): boolean {
    const guessed = this.#accounts.use(account, nowMs);
    const before = isAttacked(guessed, nowMs);
    addPoints(guessed, 1, nowMs);
    if (guessed.sources.size < ATTACKED_BY) guessed.sources.add(source);
    return !before && isAttacked(guessed, nowMs);
  }

  isAttacked(account: string, nowMs: number): boolean {
    const guessed = this.#accounts.peek(account);
    return guessed !== undefined && isAttacked(guessed, nowMs);
  }
}

function isAttacked(guessed: Guessed, nowMs: number): boolean {
  return guessed.sources.size >= ATTACKED_BY && pointsAt(guessed, nowMs) >= ATTACKED_FROM;
}
