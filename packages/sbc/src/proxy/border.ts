import type { MediaEngine } from '@unisono/media';
import type { Clock, Flow, Random, Target, TransactionLayer } from '@unisono/sip';
import type { BorderCall } from '../call/border-call.ts';
import type { CallTable } from '../call/call-table.ts';
import { doorProfile, type Habits } from '../call/habits.ts';
import type { FlowBook } from '../flow/flow-book.ts';
import type { Gateways } from '../gateways/gateways.ts';
import type { Guard } from '../guard.ts';
import type { AddressHider } from '../hiding/address-hider.ts';
import type { Log } from '../log.ts';
import type { Side } from '../side.ts';
import type { FlowRef, PeerToken, Tokens } from '../token/tokens.ts';

/** What the parts of one border share. */
export interface Border {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly guard: Guard;
  readonly engine: MediaEngine;
  readonly tokens: Tokens;
  readonly flows: FlowBook;
  readonly habits: Habits;
  readonly hider: AddressHider;
  readonly gateways: Gateways;
  readonly calls: CallTable;
  /** How often phones on connections of their own are to send a keep-alive. */
  readonly flowTimerSec: number;
  /** Value of User-Agent and Server towards the outside. */
  readonly product: string;
  /** True for a host by which the outside may name us in a Route. */
  readonly isOwnName: (host: string, flow: Flow) => boolean;
  layer(side: Side): TransactionLayer;
}

/** What of the border makes URIs of ours. */
type Way = Pick<Border, 'tokens' | 'layer'>;

/** Our URI towards the inside that leads back to a client, in brackets, as a loose route. */
export function wayToClient(border: Way, client: FlowRef, call: string, hop: Flow | Target): string {
  const token = border.tokens.writeClient({ ...client, call });
  return `<sip:${token}@${hostPort(border, 'inside', hop)}${transportParam(hop)};lr>`;
}

/** Our URI towards a client that stands for a Contact of the inside. */
export function standIn(border: Border, token: PeerToken, hop: Flow | Target): string {
  return `sip:${border.tokens.writePeer(token)}@${hostPort(border, 'outside', hop)}${transportParam(hop)}`;
}

/** Our host towards that hop, without port. */
export function hostTowards(border: Border, hop: Flow | Target): string {
  return border.layer('outside').transport.localFor(hop)?.host ?? 'invalid.invalid';
}

/** What a client is offered: what it speaks itself, as far as that is known, else what its door suggests. */
export function profileFor(border: Border, client: FlowRef, hop: Flow | Target): BorderCall['profile'] {
  return border.habits.of(habitName(client)) ?? doorProfile(hop.transport);
}

/** By what a client's habits are remembered. */
export function habitName({ name, registration }: FlowRef): string {
  return registration === '' ? name : registration;
}

function hostPort(border: Way, side: Side, hop: Flow | Target): string {
  const local = border.layer(side).transport.localFor(hop);
  return local ? `${local.host}:${local.port}` : 'invalid.invalid';
}

/** RFC 7118 §5: `ws` means WebSocket, secured or not. */
function transportParam({ transport }: Flow | Target): string {
  if (transport === 'udp') return '';
  return `;transport=${transport === 'wss' ? 'ws' : transport}`;
}
