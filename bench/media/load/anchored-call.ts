/** A call between an outside and an inside party of the load, anchored by the engine that is measured. */
import { type MediaEngineResult, PLAIN } from '@unisono/media';
import type { OutsideSecurity } from '../job.ts';
import type { AnchoringEngine } from '../line.ts';
import type { Certificate } from './certificate.ts';
import { PlainParty } from './plain-party.ts';
import { SecuredParty } from './secured-party.ts';
import type { SharedSocket } from './sockets.ts';

const SETUP_TIMEOUT_MS = 20_000;

export type MediaHandler = (packet: Buffer, octets: number) => void;

export interface CallOptions {
  readonly engine: AnchoringEngine;
  readonly outside: OutsideSecurity;
  readonly sockets: { readonly outside: SharedSocket; readonly inside: SharedSocket };
  readonly certificate: Certificate;
  /** Hears what comes to either party. */
  readonly onMedia: MediaHandler;
}

export class AnchoredCall {
  readonly outside: PlainParty | SecuredParty;
  readonly inside: PlainParty;
  readonly #engine: AnchoringEngine;
  readonly #callId: string;

  constructor(callId: string, options: CallOptions) {
    const { sockets, certificate, onMedia } = options;
    this.#engine = options.engine;
    this.#callId = callId;
    this.inside = new PlainParty(sockets.inside, onMedia);
    this.outside =
      options.outside === 'plain'
        ? new PlainParty(sockets.outside, onMedia)
        : new SecuredParty(sockets.outside, certificate, onMedia);
  }

  /** The outside party calls the inside one; resolves when media can flow. */
  async setUp(): Promise<void> {
    const exchange = { callId: this.#callId, fromTag: 'o', viaBranch: 'z9hG4bK1' };
    const offer = await this.#engine.offer({
      ...exchange,
      sdp: this.outside.description,
      from: { side: 'outside' },
      to: { side: 'inside' },
      profile: PLAIN,
    });
    this.inside.accept(sdpOf(offer));
    const answer = await this.#engine.answer({
      ...exchange,
      toTag: 'i',
      sdp: this.inside.description,
      from: { side: 'inside' },
    });
    this.outside.accept(sdpOf(answer));
    await withinTime(this.outside.secured);
  }

  async end(): Promise<void> {
    this.outside.close();
    this.inside.close();
    await this.#engine.delete({ callId: this.#callId });
  }
}

function sdpOf(result: MediaEngineResult): string {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.sdp;
}

async function withinTime(secured: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('media was not secured in time')), SETUP_TIMEOUT_MS);
  });
  await Promise.race([secured, late]).finally(() => clearTimeout(timer));
}
