import type { MediaSide } from '@unisono/media';

/** Which side of the border: where the clients are, or where the gateways are. */
export type Side = MediaSide;

export function opposite(side: Side): Side {
  return side === 'outside' ? 'inside' : 'outside';
}
