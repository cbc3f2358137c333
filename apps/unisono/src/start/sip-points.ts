import type { ListenPoint } from '@unisono/sip';
import type { LoadedSettings } from '../config/load.ts';
import type { TlsMaterial } from './tls.ts';

/** Every place where SIP is heard, as the transport wants it. */
export function sipPoints(settings: LoadedSettings, tls: TlsMaterial, advertised: string): ListenPoint[] {
  const { sip, listen } = settings;
  const server = {
    cert: tls.certificate,
    key: tls.key,
    ca: tls.authorities,
    clientCertificate: clientCertificate(settings),
  };
  return (['udp', 'tcp', 'tls', 'ws', 'wss'] as const).flatMap((transport) =>
    sip[transport].flatMap(({ address, port }) =>
      (address === undefined ? listen : [address]).map((on) => ({
        transport,
        address: on,
        port,
        ...(transport === 'tls' || transport === 'wss' ? { tls: server } : {}),
        ...(mustAdvertise(settings, on) ? { advertised: { host: advertised } } : {}),
      })),
    ),
  );
}

/** An address that is no answer to "where are you", or one that the operator wants to be known by another. */
function mustAdvertise({ advertise }: LoadedSettings, on: string): boolean {
  return advertise !== undefined || on === '0.0.0.0' || on === '::';
}

function clientCertificate({ tls }: LoadedSettings): 'none' | 'optional' | 'required' {
  return ({ off: 'none', request: 'optional', require: 'required' } as const)[tls.clientCertificates];
}
