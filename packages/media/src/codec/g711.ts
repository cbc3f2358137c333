/*
 * G.711 (ITU-T, 11/1988): 8 kHz, one octet per sample. Samples are 16-bit linear; µ-law holds 14 of those bits, A-law
 * 13. Both directions go by tables, built once from the segment rules of the recommendation.
 */

const ULAW_BIAS = 0x84;
const ULAW_CLIP = 32_635;

const ULAW_TO_LINEAR = new Int16Array(256);
const ALAW_TO_LINEAR = new Int16Array(256);
/** Indexed by the upper 14 bits of a sample: no finer difference is heard by either law. */
const LINEAR_TO_ULAW = new Uint8Array(16_384);
const LINEAR_TO_ALAW = new Uint8Array(16_384);

for (let code = 0; code < 256; code++) {
  ULAW_TO_LINEAR[code] = expandUlaw(code);
  ALAW_TO_LINEAR[code] = expandAlaw(code);
}
for (let i = 0; i < 16_384; i++) {
  const sample = (i << 18) >> 16;
  LINEAR_TO_ULAW[i] = compressUlaw(sample);
  LINEAR_TO_ALAW[i] = compressAlaw(sample);
}

/** µ-law octet of a 16-bit sample. */
export function encodeUlawSample(sample: number): number {
  return LINEAR_TO_ULAW[(sample >> 2) & 0x3fff] as number;
}

/** A-law octet of a 16-bit sample. */
export function encodeAlawSample(sample: number): number {
  return LINEAR_TO_ALAW[(sample >> 2) & 0x3fff] as number;
}

/** 16-bit sample of a µ-law octet. */
export function decodeUlawSample(octet: number): number {
  return ULAW_TO_LINEAR[octet & 0xff] as number;
}

/** 16-bit sample of an A-law octet. */
export function decodeAlawSample(octet: number): number {
  return ALAW_TO_LINEAR[octet & 0xff] as number;
}

/** Table 2a: sign, segment, and four bits within it; all bits inverted. */
function compressUlaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), ULAW_CLIP) + ULAW_BIAS;
  const segment = 24 - Math.clz32(magnitude);
  const step = (magnitude >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | step) & 0xff;
}

function expandUlaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + ULAW_BIAS) << ((bits >> 4) & 7)) - ULAW_BIAS;
  return (bits & 0x80) !== 0 ? -magnitude : magnitude;
}

/** Table 1a: two segments of equal steps at the bottom; even bits inverted, sign bit set for positive samples. */
function compressAlaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = (sample >= 0 ? sample : ~sample) >> 3;
  const segment = magnitude < 0x20 ? 0 : 27 - Math.clz32(magnitude);
  const step = (magnitude >> Math.max(1, segment)) & 0x0f;
  return (sign | (segment << 4) | step) ^ 0x55;
}

function expandAlaw(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = ((bits & 0x0f) << 4) + (segment === 0 ? 0x008 : 0x108);
  const magnitude = segment < 2 ? step : step << (segment - 1);
  return (bits & 0x80) !== 0 ? magnitude : -magnitude;
}
