import type { ListenPoint } from '@unisono/sip';
import { advertisedFor } from '../config/addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import type { TlsMaterial } from './tls.ts';

/** Every place where SIP is heard, as the transport wants it. */
export function sipPoints(settings: LoadedSettings, tls: TlsMaterial): ListenPoint[] {
  const { sip, listen } = settings;
  const server = {
    cert: tls.certificate,
    key: tls.key,
    ca: tls.clientAuthorities,
    clientCertificate: clientCertificate(settings),
  };
  return (['udp', 'tcp', 'tls', 'ws', 'wss'] as const).flatMap((transport) =>
    sip[transport].flatMap(({ address, port }) =>
      (address === undefined ? listen : [address]).map((on) => {
        const host = advertisedFor(settings, on);
        return {
          transport,
          address: on,
          port,
          ...(transport === 'tls' || transport === 'wss' ? { tls: server } : {}),
          ...(host === undefined ? {} : { advertised: { host } }),
        };
      }),
    ),
  );
}

function clientCertificate({ tls }: LoadedSettings): 'none' | 'optional' | 'required' {
  return ({ off: 'none', request: 'optional', require: 'required' } as const)[tls.clientCertificates];
}
