/** What a codec costs and how it bears loss, with concealment at the receiver (ITU-T G.113 appendix I, G.107.1). */
interface Impairment {
  readonly equipment: number;
  readonly robustness: number;
}

const G711: Impairment = { equipment: 0, robustness: 25.1 };
const IMPAIRMENTS: ReadonlyMap<string, Impairment> = new Map([
  ['PCMU', G711],
  ['PCMA', G711],
  ['G722', { equipment: 5, robustness: 15 }],
  ['OPUS', { equipment: 2, robustness: 30 }],
  ['G729', { equipment: 11, robustness: 19 }],
  ['ILBC', { equipment: 11, robustness: 32 }],
]);

/** Transmission rating of a perfect connection (ITU-T G.107 §7.1 with default values). */
const BEST_RATING = 93.2;

export interface QualityInput {
  readonly codec: string | undefined;
  /** 0 … 1. */
  readonly lossRatio: number;
  readonly jitterMs: number;
  /** Undefined is taken for a near peer. */
  readonly roundTripMs: number | undefined;
}

/**
 * Mean opinion score as a listener at this end would give it, 1 … 4.5, by the E-model (ITU-T G.107): loss by the codec's
 * robustness, delay from round trip, packet and a jitter buffer of twice the jitter.
 */
export function estimateMos({ codec, lossRatio, jitterMs, roundTripMs = 0 }: QualityInput): number {
  const { equipment, robustness } = IMPAIRMENTS.get(codec?.toUpperCase() ?? '') ?? G711;
  const lossPercent = Math.min(100, Math.max(0, lossRatio * 100));
  const equipmentEffective = equipment + (95 - equipment) * (lossPercent / (lossPercent + robustness));
  const delayMs = roundTripMs / 2 + 20 + 2 * jitterMs;
  const delayImpairment = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0);
  const rating = Math.max(0, Math.min(100, BEST_RATING - equipmentEffective - delayImpairment));
  const mos = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
  return Math.max(1, Math.min(4.5, Math.round(mos * 100) / 100));
}
