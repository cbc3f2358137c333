import type { Random } from '../ports.ts';

/** Signs that are not taken for each other, read from a screen. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A secret that people type: groups of signs with nearly five bits each. */
export function newTypedCode(random: Random, groups: number, signs: number): string {
  const all = [...random.octets(groups * signs)].map((octet) => ALPHABET[octet % ALPHABET.length]).join('');
  return Array.from({ length: groups }, (_, at) => all.slice(at * signs, (at + 1) * signs)).join('-');
}

/** What was typed, without what does not count: capitals, blanks and hyphens. */
export function bareCode(typed: string): string {
  return typed.toLowerCase().replaceAll(/[\s-]/g, '');
}
