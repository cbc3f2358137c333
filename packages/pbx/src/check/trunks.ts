import type { Finding } from '../errors.ts';
import type { System } from '../system.ts';

/** Inbound rules lead to something that can be called; a main number that is shown exists. */
export function* checkTrunks(system: System): Generator<Finding> {
  for (const [at, group] of system.data.trunkGroups.entries()) {
    if (group.callerNumber === 'mainNumber' && group.mainNumber === undefined) {
      const message = `Trunk group "${group.id}" shows its main number and has none.`;
      const path = ['trunkGroups', at, 'callerNumber'];
      yield { code: 'mainNumberMissing', path, message, hint: 'Give mainNumber, or choose another policy.' };
    }
    for (const [index, rule] of group.inbound.entries()) {
      if (!('number' in rule) || system.numbers.has(rule.to)) continue;
      yield inboundTarget(system, rule.to, ['trunkGroups', at, 'inbound', index, 'to']);
    }
  }
}

function inboundTarget(system: System, to: string, path: Finding['path']): Finding {
  if (system.auxiliaryNumbers.has(to)) {
    const message = `${to} is the auxiliary number of a UFIP device, which nobody can call.`;
    return { code: 'inboundTargetIsAuxiliary', path, message, hint: 'Give the desk number of that user.' };
  }
  const message = `There is no station or application with the number ${to}.`;
  return { code: 'inboundTargetUnknown', path, message, hint: 'Give an internal number that exists.' };
}
