import type { ListenPoint as SipPoint, TransportName } from '@unisono/sip';
import { advertisedFor, type Where } from '../config/addresses.ts';
import type { ListenPoint } from '../config/listen-points.ts';
import type { LoadedSettings } from '../config/load.ts';
import type { TlsMaterial } from './tls.ts';

/** Every place where the gateway hears SIP, as the transport wants it. */
export function sipPoints(settings: LoadedSettings, tls: TlsMaterial): SipPoint[] {
  const { udp, tcp, tls: secure, ws, wss } = settings.sip;
  return pointsOf({ udp, tcp, tls: secure, ws, wss }, settings, tls, settings);
}

type Written = Partial<Readonly<Record<TransportName, readonly ListenPoint[]>>>;
type CertificatePolicy = { readonly tls: Pick<LoadedSettings['tls'], 'clientCertificates'> };

/** Places as written, on the addresses of `where` unless they name their own. */
export function pointsOf(written: Written, where: Where, tls: TlsMaterial, policy: CertificatePolicy): SipPoint[] {
  const server = {
    cert: tls.certificate,
    key: tls.key,
    ca: tls.clientAuthorities,
    clientCertificate: clientCertificate(policy),
  };
  return (Object.keys(written) as TransportName[]).flatMap((transport) =>
    (written[transport] ?? []).flatMap(({ address, port }) =>
      (address === undefined ? where.listen : [address]).map((on) => {
        const host = advertisedFor(where, on);
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

function clientCertificate({ tls }: CertificatePolicy): 'none' | 'optional' | 'required' {
  return ({ off: 'none', request: 'optional', require: 'required' } as const)[tls.clientCertificates];
}
