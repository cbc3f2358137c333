import type { TransportName } from '../transport/transport.ts';
import type { NaptrRecord } from './dns.ts';

const TRANSPORTS: Readonly<Record<string, TransportName>> = {
  'SIP+D2U': 'udp',
  'SIP+D2T': 'tcp',
  'SIPS+D2T': 'tls',
  // RFC 7118 §10.
  'SIP+D2W': 'ws',
  'SIPS+D2W': 'wss',
};

export interface NaptrService {
  readonly transport: TransportName;
  readonly flags: 's' | 'a';
  readonly replacement: string;
}

/** The services that we can use, in the order that the records ask for (RFC 3263 §4.1, RFC 3403 §4.1). */
export function usableServices(
  records: readonly NaptrRecord[],
  transports: readonly TransportName[],
): readonly NaptrService[] {
  return [...records]
    .sort((a, b) => a.order - b.order || a.preference - b.preference)
    .flatMap(({ service, flags, replacement }) => {
      const transport = TRANSPORTS[service.toUpperCase()];
      const flag = flags.toLowerCase();
      if (transport === undefined || !transports.includes(transport) || replacement === '') return [];
      return flag === 's' || flag === 'a' ? [{ transport, flags: flag, replacement }] : [];
    });
}
