import type { System } from '@unisono/pbx';
import type { Flow } from '@unisono/sip';
import type { StoredBinding } from '../ports.ts';

/** A registered contact with the way to it. */
export interface Binding extends StoredBinding {
  /** The flow the last REGISTER came on; undefined after a restart, or when the connection closed. */
  flow: Flow | undefined;
  /** Keep-alive requests that went unanswered in a row. */
  missedKeepAlives: number;
}

/** What a device is called in the location table. */
export type DeviceKey = `desk:${string}` | `client:${string}`;

export function deskKey(station: string): DeviceKey {
  return `desk:${station}`;
}

export function clientKey(ufipDevice: string): DeviceKey {
  return `client:${ufipDevice}`;
}

/** The station whose user has the device; undefined for a client of somebody without a number. */
export function stationOf(system: System, device: string): string | undefined {
  const [kind, id] = split(device);
  if (kind === 'desk') return id;
  return system.users.get(system.ufipDevices.get(id)?.user ?? '')?.deskStation;
}

/** Where devices are: device → contacts, in memory. Expired ones are never given out. */
export class LocationTable {
  readonly #devices = new Map<string, Map<string, Binding>>();
  readonly #byFlow = new Map<Flow, Set<Binding>>();
  #size = 0;

  /** Contacts held, expired ones that were not yet swept included. */
  get size(): number {
    return this.#size;
  }

  /** Living contacts of a device. */
  contacts(device: DeviceKey, nowMs: number): Binding[] {
    const found: Binding[] = [];
    const bindings = this.#devices.get(device);
    if (bindings) for (const binding of bindings.values()) if (binding.expiresAtMs > nowMs) found.push(binding);
    return found;
  }

  isRegistered(device: DeviceKey, nowMs: number): boolean {
    const bindings = this.#devices.get(device);
    if (bindings) for (const binding of bindings.values()) if (binding.expiresAtMs > nowMs) return true;
    return false;
  }

  get(device: DeviceKey, key: string): Binding | undefined {
    return this.#devices.get(device)?.get(key);
  }

  put(binding: Binding): void {
    const bindings = this.#devices.get(binding.device) ?? new Map<string, Binding>();
    this.#devices.set(binding.device, bindings);
    const previous = bindings.get(binding.key);
    if (previous) this.#unlink(previous);
    else this.#size++;
    bindings.set(binding.key, binding);
    if (binding.flow?.isReliable) this.#link(binding.flow, binding);
  }

  remove(binding: Binding): boolean {
    const bindings = this.#devices.get(binding.device);
    if (bindings?.get(binding.key) !== binding) return false;
    bindings.delete(binding.key);
    if (bindings.size === 0) this.#devices.delete(binding.device);
    this.#unlink(binding);
    this.#size--;
    return true;
  }

  /** Contacts that came over a connection, to forget when it closes. */
  onFlow(flow: Flow): readonly Binding[] {
    return [...(this.#byFlow.get(flow) ?? [])];
  }

  *all(): Generator<Binding> {
    for (const bindings of this.#devices.values()) yield* bindings.values();
  }

  /** True when the device is still configured. */
  static isConfigured(system: System, device: string): boolean {
    const [kind, id = ''] = split(device);
    return kind === 'desk' ? system.stations.get(id)?.device !== undefined : system.ufipDevices.has(id);
  }

  #link(flow: Flow, binding: Binding): void {
    const bindings = this.#byFlow.get(flow) ?? new Set();
    bindings.add(binding);
    this.#byFlow.set(flow, bindings);
  }

  #unlink(binding: Binding): void {
    const { flow } = binding;
    const bindings = flow && this.#byFlow.get(flow);
    if (!flow || !bindings) return;
    bindings.delete(binding);
    if (bindings.size === 0) this.#byFlow.delete(flow);
  }
}

function split(device: string): readonly [string, string] {
  const colon = device.indexOf(':');
  return [device.slice(0, colon), device.slice(colon + 1)];
}
