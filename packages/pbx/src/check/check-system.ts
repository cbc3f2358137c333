import { compileSystem } from '../compile.ts';
import type { Finding } from '../errors.ts';
import type { SystemData } from '../model/index.ts';
import type { System } from '../system.ts';
import { checkCapacity } from './capacity.ts';
import { checkLicences } from './licences.ts';
import { checkNumbering } from './numbering.ts';
import { checkNumbers } from './numbers.ts';
import { checkReferences } from './references.ts';
import { checkTrunks } from './trunks.ts';
import { checkUfipDevices } from './ufip-devices.ts';
import { checkUniqueness } from './uniqueness.ts';
import { checkAllSettings } from './user-settings.ts';

/** Every rule over data whose form is right; empty: the system is sound. */
export function checkRules(data: SystemData): readonly Finding[] {
  return checkCompiled(compileSystem(data));
}

/** The same for data that is compiled already. */
export function checkCompiled(system: System): readonly Finding[] {
  const { data } = system;
  return withoutEchoes([
    ...checkNumbering(data.numbering),
    ...checkLicences(data),
    ...checkUniqueness(data),
    ...checkNumbers(data),
    ...checkReferences(system),
    ...checkUfipDevices(system),
    ...checkAllSettings(system),
    ...checkCapacity(system),
    ...checkTrunks(system),
  ]);
}

/** An id that was made from the number or the user is not called double where they are. */
function withoutEchoes(findings: readonly Finding[]): readonly Finding[] {
  const places = new Set(findings.map(({ code, path }) => `${code} ${path[0]} ${path[1]}`));
  const isEcho = ({ code, path }: Finding) =>
    code === 'idDuplicate' &&
    path.length === 3 &&
    (places.has(`numberDuplicate ${path[0]} ${path[1]}`) || places.has(`ufipDeviceSecond ${path[0]} ${path[1]}`));
  return findings.filter((finding) => !isEcho(finding));
}
