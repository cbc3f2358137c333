import type { CallQuality, QualityWarning } from '../state.ts';

/** How often calls are judged. */
export const SAMPLE_EVERY_MS = 5_000;
const LIMITS = { jitterMs: 50, roundTripMs: 300, lossPercent: 5 } as const;
/** So many bad samples in a row make a warning. */
const IN_A_ROW = 3;

/** Counters of a call at one moment, from `getStats()`. */
export interface Sample {
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly jitterMs: number | undefined;
  readonly roundTripMs: number | undefined;
}

export interface Judgement {
  readonly last: Sample | undefined;
  /** Bad samples in a row, by what was bad. */
  readonly inARow: Readonly<Record<QualityWarning, number>>;
  readonly quality: CallQuality;
}

export const UNJUDGED: Judgement = {
  last: undefined,
  inARow: { jitter: 0, roundTrip: 0, loss: 0 },
  quality: { grade: 'unknown', warnings: [] },
};

/** Reads the counters out of a statistics report (W3C webrtc-stats); undefined before any audio came. */
export function sampleOf(stats: readonly Readonly<Record<string, unknown>>[]): Sample | undefined {
  const audio = stats.filter((one) => (one.kind ?? one.mediaType ?? 'audio') === 'audio');
  const received = audio.find(({ type }) => type === 'inbound-rtp');
  if (received === undefined) return undefined;
  const remote = audio.find(({ type }) => type === 'remote-inbound-rtp');
  const pair = stats.find((one) => one.type === 'candidate-pair' && (one.nominated === true || one.selected === true));
  const roundTripSec = numberOf(remote?.roundTripTime) ?? numberOf(pair?.currentRoundTripTime);
  const jitterSec = numberOf(received.jitter);
  return {
    packetsReceived: numberOf(received.packetsReceived) ?? 0,
    packetsLost: Math.max(0, numberOf(received.packetsLost) ?? 0),
    jitterMs: jitterSec === undefined ? undefined : jitterSec * 1000,
    roundTripMs: roundTripSec === undefined ? undefined : roundTripSec * 1000,
  };
}

/** Judges one more sample. Loss is of the time since the last one: what was lost long ago is no news. */
export function judge(before: Judgement, sample: Sample): Judgement {
  const lossPercent = lossSince(before.last, sample);
  const bad: Readonly<Record<QualityWarning, boolean>> = {
    jitter: (sample.jitterMs ?? 0) > LIMITS.jitterMs,
    roundTrip: (sample.roundTripMs ?? 0) > LIMITS.roundTripMs,
    loss: (lossPercent ?? 0) > LIMITS.lossPercent,
  };
  const count = (name: QualityWarning) => (bad[name] ? before.inARow[name] + 1 : 0);
  const inARow = { jitter: count('jitter'), roundTrip: count('roundTrip'), loss: count('loss') };
  const warnings = (Object.keys(inARow) as QualityWarning[]).filter((name) => inARow[name] >= IN_A_ROW);
  const { jitterMs, roundTripMs } = sample;
  const quality: CallQuality = {
    grade: warnings.length > 0 ? 'poor' : 'good',
    warnings,
    ...(jitterMs === undefined ? {} : { jitterMs: Math.round(jitterMs) }),
    ...(roundTripMs === undefined ? {} : { roundTripMs: Math.round(roundTripMs) }),
    ...(lossPercent === undefined ? {} : { lossPercent: Math.round(lossPercent * 10) / 10 }),
  };
  return { last: sample, inARow, quality };
}

function lossSince(last: Sample | undefined, now: Sample): number | undefined {
  const received = now.packetsReceived - (last?.packetsReceived ?? 0);
  const lost = Math.max(0, now.packetsLost - (last?.packetsLost ?? 0));
  const expected = received + lost;
  return expected <= 0 || received < 0 ? undefined : (100 * lost) / expected;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
