import type { Trunk, TrunkGroup } from '@unisono/pbx';

/** A channel of a trunk in use; released exactly once, by whoever holds it. */
export interface ChannelLease {
  release(): void;
}

/** Counts calls per trunk and per group against their limits. */
export class Channels {
  readonly #inUse = new Map<string, number>();

  /** Takes a channel; undefined when the trunk or its group is full. `beyondLimit` for emergency calls. */
  seize(group: TrunkGroup, trunk: Trunk, beyondLimit: boolean): ChannelLease | undefined {
    const groupKey = `group ${group.id}`;
    const trunkKey = `trunk ${group.id}/${trunk.id}`;
    if (!beyondLimit && (this.#isFull(groupKey, group.channels) || this.#isFull(trunkKey, trunk.channels)))
      return undefined;
    this.#add(groupKey, 1);
    this.#add(trunkKey, 1);
    return new Lease(this, group.id, trunk.id);
  }

  /** For the lease alone. */
  release(group: string, trunk: string): void {
    this.#add(`group ${group}`, -1);
    this.#add(`trunk ${group}/${trunk}`, -1);
  }

  inUse(group: string, trunk?: string): number {
    return this.#inUse.get(trunk === undefined ? `group ${group}` : `trunk ${group}/${trunk}`) ?? 0;
  }

  /** Channels in use over all groups. */
  get total(): number {
    let total = 0;
    for (const [key, count] of this.#inUse) if (key.startsWith('group ')) total += count;
    return total;
  }

  #isFull(key: string, limit: number | undefined): boolean {
    return limit !== undefined && (this.#inUse.get(key) ?? 0) >= limit;
  }

  #add(key: string, by: number): void {
    const count = (this.#inUse.get(key) ?? 0) + by;
    if (count > 0) this.#inUse.set(key, count);
    else this.#inUse.delete(key);
  }
}

class Lease implements ChannelLease {
  readonly #channels: Channels;
  readonly #group: string;
  readonly #trunk: string;
  #isHeld = true;

  constructor(channels: Channels, group: string, trunk: string) {
    this.#channels = channels;
    this.#group = group;
    this.#trunk = trunk;
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#channels.release(this.#group, this.#trunk);
  }
}
