import type { Target } from '@unisono/sip';
import type { Side } from '../side.ts';
import type { FlowRef } from '../token/tokens.ts';
import { BorderCall, type BorderCallParts, type Party } from './border-call.ts';

type KeptParty = Pick<Party, 'tag' | 'address' | 'contact'>;

/** What of a running call outlives the process: enough to take it up again, or to end it on both sides. Plain data. */
export interface KeptCall {
  readonly key: string;
  readonly callId: string;
  readonly caller: Side;
  readonly client: FlowRef;
  readonly gateway: Target;
  readonly routes: readonly string[];
  readonly outside: KeptParty;
  readonly inside: KeptParty;
}

/** Where running calls are kept. Writes need not be done when the methods return. */
export interface CallStore {
  load(): readonly KeptCall[];
  save(call: KeptCall): void;
  remove(key: string): void;
}

/** What is to be kept of a call that was answered. */
export function keptOf({ key, callId, caller, client, gateway, routes, parties }: BorderCall): KeptCall {
  const { outside, inside } = parties;
  return { key, callId, caller, client, gateway, routes, outside: keptParty(outside), inside: keptParty(inside) };
}

/** A call of before a restart: nothing is known of its media, nor how far its parties have counted. */
export function restoredCall(
  kept: KeptCall,
  parts: Pick<BorderCallParts, 'engine' | 'profile' | 'nowMs' | 'onError'>,
): BorderCall {
  const { key, callId, caller, client, gateway, routes } = kept;
  const call = new BorderCall({ key, callId, caller, client, gateway, routes, ...parts });
  call.phase = 'confirmed';
  call.media.mayBeAnchored = true;
  for (const side of ['outside', 'inside'] as const) Object.assign(call.parties[side], kept[side]);
  return call;
}

function keptParty({ tag, address, contact }: Party): KeptParty {
  return { tag, address, contact };
}
