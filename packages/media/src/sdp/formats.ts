import { attributes } from './attributes.ts';
import type { MediaDescription } from './model.ts';

/** One payload type of an audio or video line with what is known of it. */
export interface PayloadFormat {
  readonly payloadType: number;
  /** Encoding name as written; names compare without regard to case (RFC 8866 §6.6). */
  readonly encoding: string;
  /** RTP clock rate. G.722 says 8000 though it samples at 16,000 (RFC 3551 §4.5.2). */
  readonly clockRateHz: number;
  readonly channels: number;
  /** `a=fmtp` parameters, as written. */
  readonly parameters: string | null;
}

/** Static payload types of RFC 3551 §6 that need no `a=rtpmap`. */
const STATIC_FORMATS: ReadonlyMap<number, readonly [string, number]> = new Map([
  [0, ['PCMU', 8000]],
  [3, ['GSM', 8000]],
  [4, ['G723', 8000]],
  [8, ['PCMA', 8000]],
  [9, ['G722', 8000]],
  [13, ['CN', 8000]],
  [18, ['G729', 8000]],
]);

/** Formats of a line in its order of preference; numbers without any meaning are left out. */
export function payloadFormats(media: MediaDescription): PayloadFormat[] {
  const maps = valuesByPayloadType(media, 'rtpmap');
  const parameters = valuesByPayloadType(media, 'fmtp');
  const formats: PayloadFormat[] = [];
  for (const text of media.formats) {
    const payloadType = payloadTypeOf(text);
    const meaning = payloadType === undefined ? undefined : meaningOf(payloadType, maps.get(payloadType));
    if (payloadType === undefined || !meaning) continue;
    formats.push({ payloadType, ...meaning, parameters: parameters.get(payloadType) ?? null });
  }
  return formats;
}

/** Value of `a=rtpmap` for a format. */
export function rtpMapText(format: PayloadFormat): string {
  const channels = format.channels === 1 ? '' : `/${format.channels}`;
  return `${format.payloadType} ${format.encoding}/${format.clockRateHz}${channels}`;
}

function meaningOf(payloadType: number, map: string | undefined) {
  if (map !== undefined) return readRtpMap(map);
  const known = STATIC_FORMATS.get(payloadType);
  return known && { encoding: known[0], clockRateHz: known[1], channels: 1 };
}

function readRtpMap(map: string) {
  const [encoding = '', rate = '', channels = '1'] = map.trim().split('/');
  const clockRateHz = Number(rate);
  if (encoding === '' || !Number.isInteger(clockRateHz) || clockRateHz <= 0) return undefined;
  return { encoding, clockRateHz, channels: Math.max(1, Math.trunc(Number(channels)) || 1) };
}

function valuesByPayloadType(media: MediaDescription, name: string): Map<number, string> {
  const values = new Map<number, string>();
  for (const value of attributes(media, name)) {
    const space = value.indexOf(' ');
    const payloadType = space < 0 ? undefined : payloadTypeOf(value.slice(0, space));
    if (payloadType !== undefined && !values.has(payloadType)) values.set(payloadType, value.slice(space + 1));
  }
  return values;
}

function payloadTypeOf(text: string): number | undefined {
  if (!/^[0-9]{1,3}$/.test(text)) return undefined;
  const number = Number(text);
  return number < 128 ? number : undefined;
}
