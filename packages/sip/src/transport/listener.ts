import { hostText } from './host-text.ts';
import { isUnspecified } from './local-address.ts';
import type { Certificate, ListenPoint } from './options.ts';

/** Something that hears at a point and accepts connections. */
export interface Listener {
  readonly point: ListenPoint;
  /** The port it hears on; once listening, the one the system chose. */
  readonly port: number;
  listen(): Promise<void>;
  /** Accepts no more; resolves when the last of its connections is gone. */
  stop(): Promise<void>;
  /** Ends what it accepted and what has not ended by itself. */
  destroyRest(): void;
  setCertificate(certificate: Certificate): void;
}

/**
 * What to write into Via and Contact for a point: what it advertises, else where it is bound, else the local address that
 * leads to the peer.
 */
export function advertisedBy(
  { point, port }: { readonly point: ListenPoint; readonly port: number },
  localAddress: string,
): { readonly host: string; readonly port: number } {
  const { advertised, address } = point;
  if (advertised) return { host: advertised.host, port: advertised.port ?? port };
  return { host: hostText(isUnspecified(address) ? localAddress : address), port };
}
