import type { MediaLoss } from '../../engine.ts';
import type { ApplyResult, CallConfig, LegConfig, LegPorts, LegReport } from '../control.ts';
import { Leg, type LegContext } from './leg.ts';
import { Link } from './link.ts';
import type { RelayPorts } from './ports.ts';

interface OpenLeg {
  readonly leg: Leg;
  readonly release: () => void;
}

/** The legs of one call and who hears whom. */
export class RelayCall {
  readonly #ports: RelayPorts;
  readonly #context: Omit<LegContext, 'onLost'>;
  readonly #onLost: (loss: MediaLoss, message: string) => void;
  readonly #legs = new Map<number, OpenLeg>();
  #isClosed = false;

  constructor(
    ports: RelayPorts,
    context: Omit<LegContext, 'onLost'>,
    onLost: (loss: MediaLoss, message: string) => void,
  ) {
    this.#ports = ports;
    this.#context = context;
    this.#onLost = onLost;
  }

  /** Makes the call as `config` says. When a port is wanting everything stays as it was. Not to be called again meanwhile. */
  async apply(config: CallConfig): Promise<ApplyResult> {
    const opened = await this.#openMissing(config);
    if ('ok' in opened) return opened;
    for (const [id, open] of opened) this.#legs.set(id, open);
    const wanted = new Set(config.legs.map(({ id }) => id));
    for (const [id, open] of [...this.#legs]) {
      if (wanted.has(id)) continue;
      this.#legs.delete(id);
      closeLeg(open);
    }
    for (const leg of config.legs) this.#legs.get(leg.id)?.leg.configure(leg);
    this.#connect(config);
    return { ok: true, ports: config.legs.map(({ id }) => this.#portsOf(id)) };
  }

  check(nowMs: number): void {
    for (const { leg } of this.#legs.values()) leg.check(nowMs);
  }

  report(): LegReport[] {
    return [...this.#legs.values()].map(({ leg }) => leg.report());
  }

  close(): void {
    this.#isClosed = true;
    for (const open of this.#legs.values()) closeLeg(open);
    this.#legs.clear();
  }

  async #openMissing(config: CallConfig): Promise<Map<number, OpenLeg> | ApplyResult> {
    const opened = new Map<number, OpenLeg>();
    for (const leg of config.legs) {
      if (this.#legs.has(leg.id)) continue;
      const failure = await this.#open(leg, opened);
      if (!failure) continue;
      for (const open of opened.values()) closeLeg(open);
      return failure;
    }
    return opened;
  }

  async #open(config: LegConfig, opened: Map<number, OpenLeg>): Promise<ApplyResult | undefined> {
    const result = await this.#ports.open(config.side, config.family, config.hasRtcpPort);
    if (!result.ok) return result;
    const context = { ...this.#context, onLost: this.#onLost };
    opened.set(config.id, { leg: new Leg(config, result.sockets, context), release: result.release });
    return this.#isClosed ? { ok: false, code: 'unavailable', message: 'the call has ended' } : undefined;
  }

  #connect(config: CallConfig): void {
    for (const { leg } of this.#legs.values()) {
      const link = config.links.find(({ from }) => from === leg.id);
      const to = link && this.#legs.get(link.to)?.leg;
      leg.connect(link && to ? new Link(link, to, leg.config.clockRateHz) : undefined);
    }
  }

  #portsOf(id: number): LegPorts {
    const sockets = this.#legs.get(id)?.leg.sockets;
    const port = sockets?.rtp.port ?? 0;
    return { id, port, rtcpPort: sockets?.rtcp?.port ?? port };
  }
}

function closeLeg({ leg, release }: OpenLeg): void {
  leg.close();
  release();
}
