import type { Language } from '../model/index.ts';
import type { System } from '../system.ts';
import { type CallOrdinal, PHRASES, type Phrases, type RingEnd } from './phrases.ts';
import type { CalleeState, Deflection, Outcome, Plan, Ring, RingTarget } from './plan.ts';
import { terminate, whenUnreached } from './terminate.ts';

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
  const first = explainCall(system, stationId, { ...registered, callCount: 0 }, language, 'first');
  const second = explainCall(system, stationId, { ...registered, callCount: 1 }, language, 'second');
  return [...first, ...second.filter((sentence) => !first.includes(sentence))];
}

function explainCall(
  system: System,
  stationId: string,
  state: CalleeState,
  language: Language,
  ordinal: CallOrdinal,
): readonly string[] {
  const plan = terminate(system, stationId, state);
  const said = explainPlan(plan, language, ordinal);
  const deflection = deflectionIn(plan);
  if (!deflection) return said;
  return [...said, explainUnreached(plan, whenUnreached(system, deflection, state), language)];
}

/** Where the call may be sent on to; a station sends all its calls on to one number. */
function deflectionIn(plan: Plan): Deflection | undefined {
  const ways = plan.kind === 'ring' ? [plan.onNoAnswer, plan.onBusy.outcome] : [plan];
  return ways.find((way) => way.kind === 'deflect');
}

/** What happens when the number of `plan` cannot be reached. */
function explainUnreached(plan: Plan, after: Plan, language: Language): string {
  const phrases = PHRASES[language];
  if (after.kind !== 'ring') {
    const isAsItWas = plan.kind === 'ring' && after.kind === 'refuse';
    return isAsItWas ? `${phrases.when.unreached} ${phrases.thenAsItWas}` : explainEnd('unreached', after, phrases);
  }
  const targets = after.stages.flatMap((stage) => stage.targets).map((one) => phrases.targets[one]);
  return `${phrases.when.unreached} ${phrases.thenRings(targets.join(phrases.and), after.ringSec)}`;
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
