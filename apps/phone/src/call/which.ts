import type { Call, ConferenceMember } from '@unisono/phone';

/** What of the calls stands where on the stage. */
export interface OnStage {
  /** Rings here and waits for a decision. */
  readonly incoming: Call | undefined;
  /** The call that the controls are for. */
  readonly main: Call | undefined;
  /** The one beside it. */
  readonly other: Call | undefined;
  /** The one that ended last, when there is no other call. */
  readonly ended: Call | undefined;
}

/** Held, or about to be: what the user wants of it. */
export function isToBeHeld({ isHeld, holdChange }: Call): boolean {
  return holdChange === undefined ? isHeld : holdChange === 'hold';
}

/** The call spoken in is the main one; of held ones the latest. */
export function onStage(calls: readonly Call[]): OnStage {
  const live = calls.filter(({ phase }) => phase !== 'ended');
  const incoming = live.find(({ phase }) => phase === 'incoming');
  const others = live.filter((call) => call !== incoming);
  const main = others.find((call) => !isToBeHeld(call)) ?? others.at(-1);
  return {
    incoming,
    main,
    other: others.find((call) => call !== main),
    ended: live.length === 0 ? calls.at(-1) : undefined,
  };
}

/** Who came into a conference and who left it; nobody while it begins or ends. */
export function membersCameAndLeft(
  before: Call | undefined,
  now: Call,
): { readonly came: readonly ConferenceMember[]; readonly left: readonly ConferenceMember[] } {
  const [were = [], are = []] = [before?.conference?.members, now.conference?.members];
  if (were.length === 0 || are.length === 0) return { came: [], left: [] };
  const without = (some: readonly ConferenceMember[], others: readonly ConferenceMember[]) =>
    some.filter(({ id, isSelf }) => !isSelf && !others.some((other) => other.id === id));
  return { came: without(are, were), left: without(were, are) };
}
