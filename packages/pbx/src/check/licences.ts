import type { Finding } from '../errors.ts';
import { licenceUse } from '../licences.ts';
import { MAX_FLEX_LICENCES, type SystemData } from '../model/index.ts';

/** Licences in use never exceed what is granted, and Flex licences not what a system takes. */
export function* checkLicences(data: SystemData): Generator<Finding> {
  const { flex, unifyPhone } = licenceUse(data);
  if (flex.grantedCount > MAX_FLEX_LICENCES) {
    const message = `${flex.grantedCount} Flex licences are granted.`;
    const hint = `A system takes at most ${MAX_FLEX_LICENCES}.`;
    yield { code: 'flexLicencesTooMany', path: ['licences', 'flex'], message, hint };
  }
  if (flex.freeCount < 0) {
    const message = `${counted(flex.usedCount, 'station needs', 'stations need')} a Flex licence each, ${counted(flex.grantedCount, 'is', 'are')} granted.`;
    const hint = 'Get more licences, or remove stations; a station without a phone needs one too.';
    yield { code: 'flexLicencesOverrun', path: ['licences', 'flex'], message, hint };
  }
  if (unifyPhone.freeCount < 0) {
    const { usedCount, grantedCount } = unifyPhone;
    const message = `${counted(usedCount, 'UFIP device needs', 'UFIP devices need')} a Unify Phone licence each, ${counted(grantedCount, 'is', 'are')} granted.`;
    const hint = 'Get more licences, or remove UFIP devices.';
    yield { code: 'unifyPhoneLicencesOverrun', path: ['licences', 'unifyPhone'], message, hint };
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
