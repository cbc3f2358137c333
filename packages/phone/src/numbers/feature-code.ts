import type { DiallingRules } from './numbers.ts';

/** Codes that lead to a machine to talk with: calls as any other. */
const MACHINES: ReadonlySet<string> = new Set(['echo', 'mailbox']);

/** What a dialled code sets at the phone system, as it names it (`busySignal`); undefined where a number was dialled. */
export function featureOf(dialled: string, rules: Pick<DiallingRules, 'featureCodes'>): string | undefined {
  const body = dialled.endsWith('#') ? dialled.slice(0, -1) : dialled;
  return Object.entries(rules.featureCodes).find(
    ([feature, code]) => code !== '' && !MACHINES.has(feature) && (body === code || body.startsWith(`${code}*`)),
  )?.[0];
}
