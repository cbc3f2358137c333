import type { MediaLegStatistics } from '../engine.ts';
import type { LegReport } from './control.ts';
import { type CallState, currentPair } from './party.ts';
import { estimateMos } from './relay/mos.ts';

/** Counts of a call's parties with what is known of them. A party counts as "sent" what it was sent. */
export function callStatistics(call: CallState, reports: readonly LegReport[]): MediaLegStatistics[] {
  const codec = currentPair(call)?.agreement?.agreed[0]?.encoding;
  return call.parties.map((party) => {
    const report = reports.find(({ id }) => id === party.id) ?? NOTHING;
    const { packetsReceived, packetsLost, jitterMs, roundTripMs } = report;
    const expected = packetsReceived + packetsLost;
    const lossRatio = expected === 0 ? 0 : packetsLost / expected;
    return {
      tag: party.tag ?? party.viaBranch ?? '',
      side: party.side,
      security: party.security,
      codec,
      packetsReceived,
      octetsReceived: report.octetsReceived,
      packetsSent: report.packetsSent,
      octetsSent: report.octetsSent,
      packetsLost,
      packetsDropped: report.packetsDropped,
      jitterMs,
      roundTripMs,
      mos: jitterMs === undefined ? undefined : estimateMos({ codec, lossRatio, jitterMs, roundTripMs }),
    };
  });
}

const NOTHING: Omit<LegReport, 'id' | 'isConnected'> = {
  packetsReceived: 0,
  octetsReceived: 0,
  packetsSent: 0,
  octetsSent: 0,
  packetsLost: 0,
  packetsDropped: 0,
  jitterMs: undefined,
  roundTripMs: undefined,
};
