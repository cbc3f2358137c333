import { PROGRESS_TONES, type ToneSegment, tone } from './tone.ts';

/** The tones by which a network tells how a call goes: one period each, to be repeated. */
export type ProgressTones = Readonly<Record<keyof typeof PROGRESS_TONES, readonly ToneSegment[]>>;

/**
 * Tones by country (ISO 3166-1, two letters), from the list that the ITU keeps for E.180; cadences in milliseconds on and
 * off.
 */
export const NATIONAL_TONES: Readonly<Record<string, ProgressTones>> = {
  AT: {
    dial: tone([420], 1_000),
    ringback: tone([420], 1_000, 5_000),
    busy: tone([420], 400, 400),
    congestion: tone([420], 200, 200),
    callWaiting: tone([420], 40, 1_950),
  },
  AU: {
    dial: tone([413, 438], 1_000),
    ringback: tone([413, 438], 400, 200, 400, 2_000),
    busy: tone([425], 375, 375),
    congestion: tone([425], 375, 375),
    callWaiting: tone([425], 200, 200, 200, 4_400),
  },
  CH: {
    dial: tone([425], 1_000),
    ringback: tone([425], 1_000, 4_000),
    busy: tone([425], 500, 500),
    congestion: tone([425], 200, 200),
    callWaiting: tone([425], 200, 200, 200, 4_000),
  },
  DE: {
    dial: tone([425], 1_000),
    ringback: tone([425], 1_000, 4_000),
    busy: tone([425], 480, 480),
    congestion: tone([425], 240, 240),
    callWaiting: tone([425], 200, 200, 200, 5_000),
  },
  ES: {
    dial: tone([425], 1_000),
    ringback: tone([425], 1_500, 3_000),
    busy: tone([425], 200, 200),
    congestion: tone([425], 200, 200, 200, 200, 200, 600),
    callWaiting: tone([425], 175, 175, 175, 3_500),
  },
  FR: {
    dial: tone([440], 1_000),
    ringback: tone([440], 1_500, 3_500),
    busy: tone([440], 500, 500),
    congestion: tone([440], 250, 250),
    callWaiting: tone([440], 300, 10_000),
  },
  GB: {
    dial: tone([350, 440], 1_000),
    ringback: tone([400, 450], 400, 200, 400, 2_000),
    busy: tone([400], 375, 375),
    congestion: tone([400], 400, 350, 225, 525),
    callWaiting: tone([400], 100, 4_000),
  },
  IT: {
    dial: tone([425], 200, 200, 600, 1_000),
    ringback: tone([425], 1_000, 4_000),
    busy: tone([425], 500, 500),
    congestion: tone([425], 200, 200),
    callWaiting: tone([425], 400, 100, 250, 100, 150, 14_000),
  },
  NL: {
    dial: tone([425], 1_000),
    ringback: tone([425], 1_000, 4_000),
    busy: tone([425], 500, 500),
    congestion: tone([425], 250, 250),
    callWaiting: tone([425], 500, 9_500),
  },
  US: {
    dial: tone([350, 440], 1_000),
    ringback: tone([440, 480], 2_000, 4_000),
    busy: tone([480, 620], 500, 500),
    congestion: tone([480, 620], 250, 250),
    callWaiting: tone([440], 300, 9_700),
  },
};

/** Tones of a country; those of most European networks where the country is not known. `UK` is understood. */
export function progressTones(country: string): ProgressTones {
  const code = country.toUpperCase();
  return NATIONAL_TONES[code === 'UK' ? 'GB' : code] ?? PROGRESS_TONES;
}
