import type { Station } from '../model/index.ts';
import { type Dialled, normalise, type PostDial, readTrunkNumber, stripWriting } from '../numbering/index.ts';
import type { System } from '../system.ts';
import { mayDial } from './class-of-service.ts';
import { inboundTarget, internalNumberOf, isOfOwnBlock } from './direct-numbers.ts';
import { dialledFeature } from './features.ts';
import { identify, stationOf } from './identity.ts';
import type { Caller, CallerIdentity, Origination } from './origination.ts';
import type { Deflection } from './plan.ts';
import { refuse } from './refusals.ts';
import { emergencyAttempts, trunkAttempts } from './trunk-attempts.ts';

/**
 * What a dialled number means for this caller: where the call goes, or why it may not. `dialled` is the user part of
 * the Request-URI with escapes decoded. An emergency number is never refused to a device.
 */
export function originate(system: System, caller: Caller, dialled: string): Origination {
  const identity = identify(system, caller);
  if (caller.from === 'trunk') return inbound(system, caller.trunkGroup, identity, dialled);
  const number = normalise(dialled, system.data.numbering);
  if (number.kind === 'emergency') return emergency(system, identity, number.number);
  const station = stationOf(system, caller);
  if (station === undefined) return refuse('callerUnknown');
  const signsOn = number.kind === 'feature' && number.feature === 'signOn';
  if (station.state === 'signedOff' && !signsOn) return refuse('callerSignedOff');
  if (station.state === 'outOfService' && caller.from === 'desk') return refuse('callerOutOfService');
  return reach(system, { station, caller: identity }, number);
}

/** Whose rights a number is dialled with, and for whom. */
export interface Dialling {
  /** Its class of service decides. */
  readonly station: Station;
  readonly caller: CallerIdentity;
  /** Present when the station sends somebody else's call away. */
  readonly diversion?: Deflection;
}

/** What a number of any kind but emergency means, with the rights of the station. */
export function reach(system: System, dialling: Dialling, number: Dialled): Origination {
  switch (number.kind) {
    case 'emergency':
      return refuse('notAllowed');
    case 'invalid':
      return refuse(number.reason === 'incomplete' ? 'incompleteNumber' : 'unknownNumber');
    case 'feature':
      return dialling.diversion ? refuse('notAllowed') : dialledFeature(system, dialling, number);
    case 'internal':
      return toInternal(system, dialling, number.number, number.postDial);
    case 'outside':
      return toOutside(system, dialling, number);
  }
}

function toInternal(system: System, dialling: Dialling, number: string, postDial: readonly PostDial[]): Origination {
  const owner = system.numbers.get(number);
  if (owner === undefined) return refuse('unknownNumber');
  if (!mayDial(system, dialling.station, 'internal')) return refuse('notAllowed');
  if (owner.kind === 'station' && owner.id === dialling.station.id) {
    return refuse(dialling.diversion ? 'deflectionLoop' : 'ownNumber');
  }
  return arrive(system, dialling, number, postDial);
}

type Arriving = Pick<Dialling, 'caller' | 'diversion'>;

/** The call reaches a number inside; nobody's rights are asked any more. */
function arrive(system: System, call: Arriving, number: string, postDial: readonly PostDial[]): Origination {
  const { caller, diversion } = call;
  const owner = system.numbers.get(number);
  if (owner === undefined) return refuse('unknownNumber');
  const common = diversion === undefined ? { caller, postDial } : { caller, postDial, diversion };
  if (owner.kind === 'application') {
    const application = system.applications.get(owner.id);
    return application ? { kind: 'application', application, ...common } : refuse('unknownNumber');
  }
  if (diversion?.visited.includes(owner.id)) return refuse('deflectionLoop');
  return { kind: 'station', station: owner.id, ...common };
}

/** An outside number of our own stays inside: the call needs no trunk, and what nobody has there does not exist. */
function toOutside(system: System, dialling: Dialling, dialled: Dialled & { kind: 'outside' }): Origination {
  const { number, callClass, postDial } = dialled;
  const inside = internalNumberOf(system, number);
  if (inside !== undefined) return toInternal(system, dialling, inside, postDial);
  // An auxiliary number, or one that nobody has: nobody can tell the two apart, and no provider sees either.
  if (isOfOwnBlock(system, number)) return refuse('unknownNumber');
  if (!mayDial(system, dialling.station, callClass)) return refuse('notAllowed');
  const { caller, diversion } = dialling;
  const shown = diversion === undefined ? { caller } : { caller, divertedBy: diversion.station };
  const attempts = trunkAttempts(system, number, shown);
  if (attempts.length === 0) return refuse('noRoute');
  const call = { kind: 'trunk', caller, number, attempts, postDial } as const;
  return diversion === undefined ? call : { ...call, diversion };
}

function emergency(system: System, caller: CallerIdentity, number: string): Origination {
  return { kind: 'emergency', caller, number, attempts: emergencyAttempts(system, number, caller) };
}

/** From a trunk only the numbers of its group are reached; nobody gets from one trunk to another. */
function inbound(system: System, groupId: string, caller: CallerIdentity, dialled: string): Origination {
  const group = system.trunkGroups.get(groupId);
  if (!group?.enabled) return refuse('callerUnknown');
  const { numbering } = system.data;
  const written = stripWriting(dialled, numbering);
  if (!/^\+?\d+$/.test(written)) return refuse('unknownNumber');
  const canonical = readTrunkNumber(written, group.numberFormat, numbering);
  const number = inboundTarget(system, group, written, canonical);
  return number === undefined ? refuse('unknownNumber') : arrive(system, { caller }, number, []);
}
