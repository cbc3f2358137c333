import { DEFAULT_USER_SETTINGS } from '../model/defaults.ts';
import type { RingOrder, Station, User, UserSettings } from '../model/index.ts';
import type { System } from '../system.ts';
import type {
  CalleeState,
  Deflection,
  DivertReason,
  Outcome,
  Plan,
  Refusal,
  RefusalCode,
  Ring,
  RingStage,
  RingTarget,
} from './plan.ts';
import { refuse } from './refusals.ts';

/** With call waiting a user has at most so many calls, alerting and running. */
export const MAX_CALLS_PER_USER = 2;

/** Everything the decision depends on, gathered once. */
interface Callee {
  readonly kind: 'callee';
  readonly system: System;
  readonly station: Station;
  readonly user: User | undefined;
  readonly settings: UserSettings;
  readonly state: CalleeState;
}

/** What happens with a call to this station (its id) in this state. Decided once, when the call arrives. */
export function terminate(system: System, stationId: string, state: CalleeState): Plan {
  const callee = calleeOf(system, stationId, state);
  return callee.kind === 'refuse' ? callee : byRouting(callee);
}

/**
 * What happens with a call that a station sent on to a number that could not be reached. Where every call was sent on,
 * the user's own devices ring as if no such number were set; where something had happened before, busy or no answer, it
 * is the mailbox's turn, and without one the caller hears of what had happened.
 */
export function whenUnreached(system: System, { station, reason }: Deflection, state: CalleeState): Plan {
  const callee = calleeOf(system, station, state);
  if (callee.kind === 'refuse') return callee;
  if (reason !== 'unconditional') return toVoicemail(callee, reason);
  const { settings, user } = callee;
  const instead: UserSettings = { ...settings, routing: 'default' };
  if (settings.routing !== 'alternativeNumber') return byBusySettings({ ...callee, settings: instead });
  const { busy, noAnswer } = settings;
  return byBusySettings({
    ...callee,
    settings: {
      ...instead,
      busy: busy !== 'alternativeNumber' ? busy : user?.mailbox ? 'voicemail' : 'busySignal',
      noAnswer: noAnswer !== 'alternativeNumber' ? noAnswer : user?.mailbox ? 'voicemail' : 'none',
    },
  });
}

function calleeOf(system: System, stationId: string, state: CalleeState): Callee | Refusal {
  const station = system.stations.get(stationId);
  if (station === undefined) return refuse('unknownNumber');
  if (station.state === 'signedOff') return refuse('stationSignedOff');
  const user = system.users.get(system.userOfStation.get(station.id) ?? '');
  const settings = user?.settings ?? DEFAULT_USER_SETTINGS;
  return { kind: 'callee', system, station, user, settings, state };
}

function byRouting(callee: Callee): Plan {
  const { settings } = callee;
  switch (settings.routing) {
    case 'default':
      return byBusySettings(callee);
    case 'deskPhoneOnly':
      return callWaiting(callee, ['desk']);
    case 'clientsOnly':
      return callWaiting(callee, ['clients']);
    case 'alternativeNumber':
      return deflectTo(callee, settings.alternativeNumber, 'unconditional');
    case 'other':
      return deflectTo(callee, settings.fixedTarget, 'unconditional');
    case 'voicemail':
      return toVoicemail(callee, 'unconditional');
  }
}

/** Busy settings are in force while routing is default; every other call rings as call waiting. */
function byBusySettings(callee: Callee): Plan {
  const isBusy = callee.state.callCount > 0;
  if (isBusy && callee.settings.busy !== 'default') return busyOutcome(callee);
  return callWaiting(callee, ['desk', 'clients']);
}

function callWaiting(callee: Callee, wanted: readonly RingTarget[]): Plan {
  if (callee.state.callCount >= MAX_CALLS_PER_USER) return refuse('busy');
  return ring(
    callee,
    wanted.filter((target) => isReachable(callee, target)),
  );
}

function isReachable({ system, station, user, state }: Callee, target: RingTarget): boolean {
  if (target === 'desk') return state.isDeskRegistered && station.state === 'inService';
  const areThere = state.areClientsRegistered || state.canClientsBeWoken === true;
  return areThere && user !== undefined && system.ufipDeviceOfUser.has(user.id);
}

function ring(callee: Callee, targets: readonly RingTarget[]): Ring | Outcome {
  const onUnreachable = unansweredOutcome(callee, 'unreachable');
  if (targets.length === 0) return onUnreachable;
  const { system, station, settings, state } = callee;
  const decidesAtOnce = settings.routing === 'default' && settings.busy !== 'default';
  return {
    kind: 'ring',
    station: station.id,
    stages: stagesOf(settings.ringOrder, targets),
    ringSec: settings.ringSec ?? system.data.defaults.ringSec,
    isCallWaiting: state.callCount > 0,
    onNoAnswer: unansweredOutcome(callee, 'noAnswer'),
    onBusy: decidesAtOnce
      ? { decidedBy: 'anyDevice', outcome: busyOutcome(callee) }
      : { decidedBy: 'allDevices', outcome: refuse('busy') },
    onUnreachable,
    onDecline: unansweredOutcome(callee, 'declined'),
  };
}

/** An order needs two targets: with one reachable it rings at once. */
function stagesOf(order: RingOrder, targets: readonly RingTarget[]): readonly RingStage[] {
  if (order.order === 'simultaneous' || targets.length < 2) return [{ afterSec: 0, targets }];
  const first: RingTarget = order.order === 'deskFirst' ? 'desk' : 'clients';
  const second: RingTarget = first === 'desk' ? 'clients' : 'desk';
  return [
    { afterSec: 0, targets: [first] },
    { afterSec: order.afterSec, targets: [second] },
  ];
}

function busyOutcome(callee: Callee): Outcome {
  const { settings } = callee;
  if (settings.busy === 'alternativeNumber') return deflectTo(callee, settings.alternativeNumber, 'busy');
  return settings.busy === 'voicemail' ? toVoicemail(callee, 'busy') : refuse('busy');
}

/** No answer, nobody reachable and declined have the same rule: nobody here will answer. */
function unansweredOutcome(callee: Callee, reason: 'noAnswer' | 'unreachable' | 'declined'): Outcome {
  const { settings } = callee;
  if (settings.noAnswer === 'alternativeNumber') return deflectTo(callee, settings.alternativeNumber, reason);
  return settings.noAnswer === 'voicemail' ? toVoicemail(callee, reason) : refuse(reason);
}

function deflectTo(callee: Callee, target: string | undefined, reason: DivertReason): Outcome {
  if (target === undefined) return refuse(refusalFor(reason));
  const visited = [...(callee.state.visited ?? []), callee.station.id];
  return { kind: 'deflect', target, reason, station: callee.station.id, visited };
}

function toVoicemail(callee: Callee, reason: DivertReason): Outcome {
  const { user } = callee;
  return user?.mailbox ? { kind: 'voicemail', user: user.id, reason } : refuse(refusalFor(reason));
}

function refusalFor(reason: DivertReason): RefusalCode {
  return reason === 'unconditional' ? 'unreachable' : reason;
}
