import type { CallerIdentity } from '@unisono/pbx';
import type { ServerTransaction, SessionEnd, SipRequest } from '@unisono/sip';
import type { ChannelLease } from '../trunk/channels.ts';
import { Bridge, type BridgeOwner, type BridgeSide } from './bridge.ts';
import type { Call } from './call.ts';

/** One of the two ends of an answered call. */
export interface ConnectedSide extends BridgeSide {
  readonly party: CallerIdentity;
  /** Station whose user this is; its call is counted as long as the side is here. */
  readonly station: string | undefined;
  readonly lease: ChannelLease | undefined;
}

/** An answered call: two sides joined, until one of them ends it. */
export class Connection implements BridgeOwner {
  readonly #call: Call;
  readonly #onEnd: (detail: string) => void;
  #a: ConnectedSide;
  #b: ConnectedSide;
  #isOver = false;

  constructor(call: Call, a: ConnectedSide, b: ConnectedSide, onEnd: (detail: string) => void) {
    this.#call = call;
    this.#a = a;
    this.#b = b;
    this.#onEnd = onEnd;
    for (const side of [a, b]) call.services.calls.link(side.session, call);
    new Bridge(a, b, this);
  }

  hangUp(detail: string): void {
    this.#end(undefined, detail, undefined);
  }

  onSideEnded(side: BridgeSide, why: 'bye' | SessionEnd, request: SipRequest | undefined): void {
    const name = side.session === this.#a.session ? 'caller' : 'callee';
    this.#end(side, describe(name, why), request?.headers.get('Reason'));
  }

  onRefer(_side: BridgeSide, refer: ServerTransaction): void {
    refer.reply(603);
  }

  #end(ended: BridgeSide | undefined, detail: string, reason: string | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const side of [this.#a, this.#b]) {
      if (side.session !== ended?.session) side.session.bye(reason === undefined ? undefined : [['Reason', reason]]);
      if (side.station !== undefined) this.#call.services.userCalls.leave(side.station, this.#call);
      side.lease?.release();
    }
    this.#onEnd(detail);
  }
}

function describe(name: string, why: 'bye' | SessionEnd): string {
  switch (why) {
    case 'bye':
      return `The ${name} hung up`;
    case 'expired':
      return `The ${name}'s phone stopped refreshing the session`;
    case 'no-ack':
      return `The ${name}'s phone did not acknowledge the answer`;
    case 'dialog-gone':
      return `The ${name}'s phone no longer knew the call`;
    case 'closed':
      return `The ${name}'s session was closed`;
  }
}
