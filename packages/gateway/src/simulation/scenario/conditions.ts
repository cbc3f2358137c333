import type { FakeNetworkOptions } from '@unisono/sip';
import type { Chance } from './chance.ts';

/** What kind of day it is. */
export interface Conditions {
  /** For people: one line. */
  readonly name: string;
  readonly network: Partial<Omit<FakeNetworkOptions, 'clock' | 'random'>>;
  /** Share of datagrams (percent) that come again up to 5 s later: the longest a message may live (T4). */
  readonly echoPercent: number;
  /** Links break and phones lose power. */
  readonly isUnsteady: boolean;
  /** The gateway dies now and then. */
  readonly gatewayDies: boolean;
  /** Calls last for hours, so that sessions are refreshed. */
  readonly isSlow: boolean;
}

const NETWORKS: readonly (readonly [number, string, Conditions['network']])[] = [
  [30, 'even network', { delayMs: 10 }],
  [15, 'instant network', { delayMs: 0 }],
  [20, 'uneven network', { delayMs: [1, 60], reorder: 0.1 }],
  [15, 'network that doubles', { delayMs: [1, 30], duplicate: 0.6, reorder: 0.2 }],
  [15, 'network that loses 5 %', { delayMs: [5, 80], loss: 0.05, duplicate: 0.02, reorder: 0.05 }],
  [15, 'network that loses 20 %', { delayMs: [5, 120], loss: 0.2, duplicate: 0.1, reorder: 0.2 }],
];

export function drawConditions(chance: Chance): Conditions {
  const [, networkName, network] = chance.weighted(NETWORKS.map((one) => [one[0], one] as const));
  const echoPercent = chance.of(20) ? chance.between(1, 20) : 0;
  const isUnsteady = chance.of(30);
  const gatewayDies = chance.of(25);
  const isSlow = chance.of(15);
  const more = [
    echoPercent > 0 ? `${echoPercent} % come again` : '',
    isUnsteady ? 'unsteady phones' : '',
    gatewayDies ? 'gateway dies' : '',
    isSlow ? 'long calls' : '',
  ].filter((text) => text !== '');
  return { name: [networkName, ...more].join(', '), network, echoPercent, isUnsteady, gatewayDies, isSlow };
}

/** How long news may be under way: repeated requests give up after 64×T1. */
export function deliveryMs({ network, isUnsteady, echoPercent }: Conditions): number {
  const isReliable = (network.loss ?? 0) === 0 && !isUnsteady && echoPercent === 0;
  return isReliable ? 1_000 : 75_000;
}
