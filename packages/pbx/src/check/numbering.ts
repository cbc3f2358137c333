import type { Finding } from '../errors.ts';
import type { Numbering, NumberRange } from '../model/index.ts';
import { FEATURES } from '../numbering/index.ts';

/** Ranges, prefixes and feature codes of the numbering plan among themselves. */
export function* checkNumbering(numbering: Numbering): Generator<Finding> {
  yield* checkRanges(numbering, 'internalRanges');
  yield* checkRanges(numbering, 'reservedRanges');
  yield* checkFeatureCodes(numbering);
}

function* checkRanges(numbering: Numbering, list: 'internalRanges' | 'reservedRanges'): Generator<Finding> {
  for (const [index, range] of numbering[list].entries()) {
    const path = ['numbering', list, index];
    if (!isRange(range)) {
      const message = `The range ${range.from} to ${range.to} is none.`;
      const hint = 'Give two numbers of the same length, the smaller first.';
      yield { code: 'rangeInvalid', path, message, hint };
    } else if (list === 'internalRanges' && beginsWithLine(range.from, numbering)) {
      yield {
        code: 'numberHasPrefix',
        path,
        message: `Numbers from ${range.from} on begin with the outside-line prefix "${numbering.outsideLinePrefix}".`,
        hint: 'They would always lead outside: move the range or change the prefix.',
      };
    }
  }
}

function isRange({ from, to }: NumberRange): boolean {
  return from.length === to.length && from <= to;
}

/** Whether dialling the number would seize an outside line. */
export function beginsWithLine(number: string, { outsideLinePrefix }: Numbering): boolean {
  return outsideLinePrefix !== '' && number.startsWith(outsideLinePrefix);
}

function* checkFeatureCodes({ featureCodes, emergencyNumbers }: Numbering): Generator<Finding> {
  const owners = new Map<string, string>();
  for (const feature of FEATURES) {
    const code = featureCodes[feature];
    if (code === '') continue;
    const path = ['numbering', 'featureCodes', feature];
    const owner = owners.get(code);
    owners.set(code, feature);
    if (owner !== undefined) {
      const message = `The code ${code} is also that of ${owner}.`;
      yield {
        code: 'featureCodeDuplicate',
        path,
        message,
        hint: 'Give each feature a code of its own, or "" for none.',
      };
    }
    if (emergencyNumbers.includes(code)) {
      const message = `The code ${code} is an emergency number.`;
      yield { code: 'featureCodeIsEmergency', path, message, hint: 'Choose another code, for example with a star.' };
    }
  }
}
