import type { Language } from '../model/index.ts';
import type { System } from '../system.ts';
import { type CallOrdinal, PHRASES, type Phrases, type RingEnd } from './phrases.ts';
import type { CalleeState, Outcome, Plan, Ring, RingTarget } from './plan.ts';
import { terminate } from './terminate.ts';

/** A plan in plain sentences, for people. */
export function explainPlan(plan: Plan, language: Language, ordinal: CallOrdinal = 'first'): readonly string[] {
  const phrases = PHRASES[language];
  const call = phrases.call[ordinal];
  return plan.kind === 'ring' ? explainRing(plan, phrases, call) : [explainOutcome(plan, phrases, call)];
}

/**
 * "A call now would …; a second one would …" for a station (its id), as calls would really go. What ends the second
 * call like the first is not said twice.
 */
export function explainStation(
  system: System,
  stationId: string,
  registered: Pick<CalleeState, 'isDeskRegistered' | 'areClientsRegistered'>,
  language: Language,
): readonly string[] {
  const [first, second] = (['first', 'second'] as const).map((ordinal, callCount) =>
    explainPlan(terminate(system, stationId, { ...registered, callCount }), language, ordinal),
  ) as [readonly string[], readonly string[]];
  return [...first, ...second.filter((sentence) => !first.includes(sentence))];
}

function explainRing(plan: Ring, phrases: Phrases, call: string): readonly string[] {
  return [
    explainStages(plan, phrases, call),
    explainEnd('noAnswer', plan.onNoAnswer, phrases),
    explainEnd(plan.onBusy.decidedBy === 'anyDevice' ? 'anyBusy' : 'allBusy', plan.onBusy.outcome, phrases),
    explainEnd('declined', plan.onDecline, phrases),
    explainEnd('unreachable', plan.onUnreachable, phrases),
  ];
}

function explainStages({ stages, ringSec }: Ring, phrases: Phrases, call: string): string {
  const [first, second] = stages;
  const names = (targets: readonly RingTarget[] = []) => targets.map((one) => phrases.targets[one]).join(phrases.and);
  if (second === undefined) return phrases.rings(call, names(first?.targets), ringSec);
  return phrases.ringsInTurn(call, names(first?.targets), second.afterSec, names(second.targets), ringSec);
}

function explainEnd(end: RingEnd, outcome: Outcome, phrases: Phrases): string {
  const when = phrases.when[end];
  switch (outcome.kind) {
    case 'deflect':
      return `${when} ${phrases.thenDeflect(outcome.target)}`;
    case 'voicemail':
      return `${when} ${phrases.thenVoicemail}`;
    case 'refuse':
      return `${when} ${phrases.thenRefuse(phrases.refusals[outcome.code])}`;
  }
}

function explainOutcome(outcome: Outcome, phrases: Phrases, call: string): string {
  switch (outcome.kind) {
    case 'deflect':
      return phrases.deflects(call, outcome.target, phrases.why[outcome.reason]);
    case 'voicemail':
      return phrases.goesToVoicemail(call, phrases.why[outcome.reason]);
    case 'refuse':
      return phrases.refuses(call, phrases.refusals[outcome.code]);
  }
}
