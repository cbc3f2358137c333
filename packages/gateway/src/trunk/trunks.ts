import type { System, Trunk, TrunkGroup } from '@unisono/pbx';
import {
  type Clock,
  type DigestClient,
  type Flow,
  isFlow,
  type Locator,
  parseUri,
  type Random,
  type Target,
  type UserAgent,
} from '@unisono/sip';
import type { Log } from '../ports.ts';
import { type ChannelLease, Channels } from './channels.ts';
import { addressingOf, digestOf } from './trunk-address.ts';
import { TrunkLink, type TrunkProblem, type TrunkState } from './trunk-link.ts';

export interface TrunksOptions {
  readonly ua: UserAgent;
  readonly clock: Clock;
  readonly random: Random;
  readonly locator: Locator;
  readonly log: Log;
  readonly system: () => System;
}

/** How a trunk is at this moment. */
export interface TrunkNow {
  /** `GROUP/TRUNK` */
  readonly trunk: string;
  readonly state: TrunkState;
  /** There while it is down. */
  readonly problem?: TrunkProblem;
  readonly channelsInUse: number;
}

/** The trunks of a gateway: where they are, whether they work, how many channels are in use. */
export class Trunks {
  readonly channels = new Channels();
  readonly #options: TrunksOptions;
  readonly #links = new Map<string, TrunkLink>();

  constructor(options: TrunksOptions) {
    this.#options = options;
  }

  /** Starts, restarts or ends registrations and supervision so that they fit the system data. */
  onSystemChanged(system: System): void {
    const wanted = new Map<string, { readonly group: TrunkGroup; readonly trunk: Trunk }>();
    for (const group of system.trunkGroups.values()) {
      for (const trunk of group.trunks) {
        if (group.enabled && trunk.enabled) wanted.set(`${group.id}/${trunk.id}`, { group, trunk });
      }
    }
    for (const [key, link] of this.#links) {
      if (JSON.stringify(wanted.get(key)?.trunk) === JSON.stringify(link.trunk)) continue;
      link.close();
      this.#links.delete(key);
    }
    for (const [key, { trunk }] of wanted) {
      if (this.#links.has(key)) continue;
      const link = new TrunkLink(key, trunk, { ...this.#options, locate: (use) => this.locate(trunk, use) });
      this.#links.set(key, link);
      link.start();
    }
  }

  /** Takes a channel of a trunk that works; undefined when it is full or known to be down. */
  seize(groupId: string, trunk: Trunk, isEmergency: boolean): ChannelLease | undefined {
    const group = this.#options.system().trunkGroups.get(groupId);
    if (!group) return undefined;
    const link = this.#links.get(`${groupId}/${trunk.id}`);
    if (!isEmergency && link?.isDown) return undefined;
    return this.channels.seize(group, trunk, isEmergency);
  }

  /** Where the trunk's requests go, best first; targets that failed lately come last. */
  locate(trunk: Trunk, use: (hops: readonly (Flow | Target)[]) => void): void {
    const uri = parseUri(`sip:${addressingOf(trunk).uriHost}`);
    if (!uri || uri.scheme === 'tel' || uri.scheme === 'other') return use([]);
    this.#options.locator.locate(uri, (found) => {
      if (!('code' in found)) return use(found);
      this.#options.log.warn({ trunk: trunk.id, why: found.message }, 'trunk cannot be located');
      use([]);
    });
  }

  /** A target did not answer: others come first for a while. */
  hopFailed(trunk: Trunk, hop: Flow | Target): void {
    if (isFlow(hop)) return;
    this.#options.locator.markFailed?.(hop);
    this.#options.log.warn({ trunk: trunk.id, address: hop.address, port: hop.port }, 'trunk target does not answer');
  }

  /** What answers the trunk's challenges; shared by registration and calls, so that nonces are reused. */
  digestFor(groupId: string, trunk: Trunk): DigestClient | undefined {
    const link = this.#links.get(`${groupId}/${trunk.id}`);
    return link ? link.digest : digestOf(trunk, this.#options.random);
  }

  /** True when the trunk's host, by name, was last found at this address. */
  isLocatedAt(groupId: string, trunkId: string, address: string): boolean {
    return this.#links.get(`${groupId}/${trunkId}`)?.isLocatedAt(address) ?? false;
  }

  /** State of every trunk, for the operator. */
  snapshot(): readonly TrunkNow[] {
    return [...this.#links].map(([key, link]) => {
      const [group = '', trunk = ''] = key.split('/');
      const { state, problem } = link;
      return { trunk: key, state, ...(problem && { problem }), channelsInUse: this.channels.inUse(group, trunk) };
    });
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }
}
