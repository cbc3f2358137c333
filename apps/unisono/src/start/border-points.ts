import type { RequestListener } from 'node:http';
import type { ListenPoint } from '@unisono/sip';
import { outsideOf } from '../config/border-addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import type { PhoneDoor } from '../phone/phone-door.ts';
import { pointsOf } from './sip-points.ts';
import type { TlsMaterial } from './tls.ts';

/** Every door, as the transport wants it. Browsers are asked for no certificate; phones by TLS as configured. */
export function doorPoints(
  settings: LoadedSettings,
  tls: TlsMaterial,
  page: RequestListener,
  onUpgrade?: PhoneDoor['onUpgrade'],
): ListenPoint[] {
  const { sbc } = settings;
  const where = outsideOf(settings);
  const phones = pointsOf({ tls: sbc.tls, tcp: sbc.tcp, udp: sbc.udp }, where, tls, settings);
  const origins = sbc.origins.length === 0 ? undefined : sbc.origins;
  const clients = pointsOf({ wss: sbc.wss }, where, tls, { ...settings, tls: { clientCertificates: 'off' } });
  return [...clients.map((point) => ({ ...point, ws: { onRequest: page, onUpgrade, origins } })), ...phones];
}

/** The private side of a border that runs apart from its gateways: UDP and TCP on the same ports. */
export function insidePoints(settings: LoadedSettings, tls: TlsMaterial): ListenPoint[] {
  const { inside } = settings.sbc;
  return pointsOf({ udp: inside, tcp: inside }, settings, tls, settings);
}
