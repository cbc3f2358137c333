import type { DataPath, Finding } from '../errors.ts';
import type { Numbering, SystemData } from '../model/index.ts';
import { isInRange, readFeatureCode } from '../numbering/index.ts';
import { beginsWithLine } from './numbering.ts';

/** A number somebody has, and what has it. */
interface Numbered {
  readonly number: string;
  readonly path: DataPath;
  readonly owner: string;
}

/** The numbers of stations, UFIP devices and applications: each once, and each where numbers may be. */
export function* checkNumbers(data: SystemData): Generator<Finding> {
  const owners = new Map<string, string>();
  for (const numbered of allNumbers(data)) {
    const { number, path, owner } = numbered;
    const other = owners.get(number);
    if (other === undefined) owners.set(number, owner);
    else {
      const message = `The number ${number} of ${owner} is already that of ${other}.`;
      yield { code: 'numberDuplicate', path, message, hint: 'Give each of them a number of its own.' };
    }
    yield* checkPlace(numbered, data.numbering);
  }
}

function* allNumbers(data: SystemData): Generator<Numbered> {
  for (const [index, { number, name }] of data.stations.entries()) {
    yield { number, path: ['stations', index, 'number'], owner: `station "${name}"` };
  }
  for (const [index, { number, user }] of data.ufipDevices.entries()) {
    yield { number, path: ['ufipDevices', index, 'number'], owner: `the UFIP device of user "${user}"` };
  }
  for (const [index, { number, name }] of data.applications.entries()) {
    yield { number, path: ['applications', index, 'number'], owner: `application "${name}"` };
  }
}

function* checkPlace({ number, path, owner }: Numbered, numbering: Numbering): Generator<Finding> {
  const find = (code: Finding['code'], what: string, hint: string): Finding => {
    return { code, path, message: `The number ${number} of ${owner} ${what}.`, hint };
  };
  const { emergencyNumbers, internalRanges, reservedRanges, featureCodes } = numbering;
  if (emergencyNumbers.includes(number)) {
    yield find('numberIsEmergency', 'is an emergency number', 'Choose a number that nobody dials in need.');
  }
  if (readFeatureCode(number, featureCodes) !== undefined) {
    yield find('numberIsFeatureCode', 'is a feature code', 'Choose another number, or change the code.');
  }
  if (isPrefix(number, numbering)) {
    yield find('numberHasPrefix', 'cannot be told from a prefix', 'Choose another number, or change the prefix.');
  }
  if (!internalRanges.some((range) => isInRange(number, range))) {
    const ranges = internalRanges.map(({ from, to }) => `${from}–${to}`).join(', ');
    const hint = `Choose a number in ${ranges}, or add a range.`;
    yield find('numberOutsideRanges', 'lies in no internal range', hint);
  }
  const reserved = reservedRanges.find((range) => isInRange(number, range));
  if (reserved !== undefined) {
    const range = `${reserved.from}–${reserved.to}`;
    yield find('numberReserved', `lies in the reserved range ${range}`, 'Choose a number outside it.');
  }
}

function isPrefix(number: string, numbering: Numbering): boolean {
  const { nationalPrefix, internationalPrefix } = numbering;
  return number === nationalPrefix || number === internationalPrefix || beginsWithLine(number, numbering);
}
