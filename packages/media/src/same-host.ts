import { networkInterfaces } from 'node:os';
import { canonicalAddress } from './canonical-address.ts';

/** How long what the machine says of its addresses is believed. */
const BELIEVED_MS = 10_000;
const LOOPBACK: readonly string[] = ['127.0.0.1', '::1'];
const NONE: readonly string[] = [];

let own: ReadonlySet<string> = new Set();
let askedAtMs = Number.NEGATIVE_INFINITY;

/**
 * The addresses from which packets come when a program of this very machine announces one of the machine's network cards
 * and is called at loopback: phones that are tried beside the system do that. Nobody on another machine can send from there.
 */
export function aliasesOf(address: string): readonly string[] {
  if (address === '' || LOOPBACK.includes(address)) return NONE;
  return ownAddresses().has(canonicalAddress(address)) ? LOOPBACK : NONE;
}

/** True for loopback and for the addresses of this machine's network cards. */
export function isOwnAddress(address: string): boolean {
  return address !== '' && (LOOPBACK.includes(address) || ownAddresses().has(canonicalAddress(address)));
}

function ownAddresses(): ReadonlySet<string> {
  const nowMs = performance.now();
  if (nowMs - askedAtMs > BELIEVED_MS) {
    askedAtMs = nowMs;
    own = new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((one) => one.address)));
  }
  return own;
}
