import type { BencodedDictionary } from './bencode.ts';
import { dictionaryIn, listIn, numberIn, textIn } from './bencode.ts';
import type { ControlAddress, ControlClient, ControlResult } from './control.ts';

/** What is known of the ports of an instance. */
export interface InstancePorts {
  readonly used: number;
  readonly total: number;
}

/** Up-times are whole seconds. */
export const RESTART_SLACK_MS = 2_000;
/** Calls an instance may have kept that are given up here; more are left to its own time-outs. */
const MAX_LEFT_BEHIND = 10_000;

/** One rtpengine. */
export class Instance {
  readonly address: ControlAddress;
  readonly name: string;
  /** Up until it is found silent: the first call need not wait for the first ping. */
  isUp = true;
  ports: InstancePorts = { used: 0, total: 0 };
  /** When it was started, on the clock of the engine; undefined until it has told. */
  startedAtMs: number | undefined;
  /** How often it was found to have been started anew. */
  restarts = 0;
  readonly #client: ControlClient;
  readonly #leftBehind = new Set<string>();

  constructor(address: ControlAddress, client: ControlClient) {
    this.address = address;
    this.name = address.address.includes(':')
      ? `[${address.address}]:${address.port}`
      : `${address.address}:${address.port}`;
    this.#client = client;
  }

  async command(command: string, members?: BencodedDictionary): Promise<ControlResult> {
    const result = await this.#client.command(this.address, command, members);
    if (result.ok || result.code === 'refused') this.isUp = true;
    return result;
  }

  /** A call that was given up while nobody could tell the instance. */
  leave(callId: string): void {
    if (this.#leftBehind.size < MAX_LEFT_BEHIND) this.#leftBehind.add(callId);
  }

  /** Deletes what was left, once the instance can be talked to again. */
  async tidy(): Promise<void> {
    for (const callId of [...this.#leftBehind]) {
      const result = await this.command('delete', { 'call-id': callId, 'delete-delay': 0 });
      if (!result.ok && result.code === 'silent') return;
      this.#leftBehind.delete(callId);
    }
  }

  /** Takes a reply to `statistics`. */
  learn(reply: BencodedDictionary, nowMs: number): void {
    const statistics = dictionaryIn(reply, 'statistics');
    const interfaces = listIn(statistics, 'interfaces').map((one) => dictionaryIn(one, 'ports'));
    const sum = (key: string) => interfaces.reduce((total, ports) => total + (numberIn(ports, key) ?? 0), 0);
    this.ports = { used: sum('used'), total: sum('totals') };
    const uptimeSec = Number(textIn(dictionaryIn(statistics, 'totalstatistics'), 'uptime') ?? Number.NaN);
    if (!Number.isFinite(uptimeSec)) return;
    const startedAtMs = nowMs - uptimeSec * 1000;
    if (startedAtMs > (this.startedAtMs ?? startedAtMs) + RESTART_SLACK_MS) this.restarts++;
    this.startedAtMs = startedAtMs;
  }
}

/**
 * The instances in the order in which a call should try them: highest random weight first, so that every process that
 * knows the Call-ID comes to the same one, and a lost instance moves only its own calls.
 */
export function spread(instances: readonly Instance[], callId: string): Instance[] {
  return instances
    .filter((instance) => instance.isUp)
    .map((instance) => ({ instance, weight: hash(`${instance.name} ${callId}`) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ instance }) => instance);
}

/** FNV-1a with a final mix, 32 bits: even enough to spread calls. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
