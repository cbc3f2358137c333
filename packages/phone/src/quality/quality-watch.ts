import type { PhoneClock } from '../ports.ts';
import type { SipCall } from '../sip/sip-port.ts';
import type { CallQuality } from '../state.ts';
import { type Judgement, judge, SAMPLE_EVERY_MS, sampleOf, UNJUDGED } from './quality.ts';

export interface QualityWatchPorts {
  readonly clock: PhoneClock;
  /** The calls in which something is heard now. */
  readonly spoken: () => ReadonlyMap<string, SipCall>;
  readonly onQuality: (callId: string, quality: CallQuality) => void;
}

/** Judges the running calls, each every five seconds, as long as there are any. */
export class QualityWatch {
  readonly #ports: QualityWatchPorts;
  readonly #judgements = new Map<string, Judgement>();
  #cancel: (() => void) | undefined;
  /** Grows when it stops: a sample that is still being read then begins nothing. */
  #round = 0;

  constructor(ports: QualityWatchPorts) {
    this.#ports = ports;
  }

  /** Calls have begun or ended: goes on or stops. */
  look(isCallRunning: boolean): void {
    if (isCallRunning) this.#cancel ??= this.#ports.clock.after(SAMPLE_EVERY_MS, () => void this.#sample());
    else {
      this.#cancel?.();
      this.#cancel = undefined;
      this.#round++;
      this.#judgements.clear();
    }
  }

  async #sample(): Promise<void> {
    const round = this.#round;
    for (const [callId, sip] of this.#ports.spoken()) {
      const sample = sampleOf(await sip.stats());
      if (sample === undefined || round !== this.#round) continue;
      const judgement = judge(this.#judgements.get(callId) ?? UNJUDGED, sample);
      this.#judgements.set(callId, judgement);
      this.#ports.onQuality(callId, judgement.quality);
    }
    if (round !== this.#round) return;
    this.#cancel = undefined;
    this.look(true);
  }
}
