import {
  ClientRequest,
  type Clock,
  type Flow,
  HeaderList,
  printReason,
  SipRequest,
  type Target,
  type TransactionLayer,
} from '@unisono/sip';
import type { FlowBook } from '../flow/flow-book.ts';
import type { Gateways } from '../gateways/gateways.ts';
import type { AddressHider } from '../hiding/address-hider.ts';
import type { Log } from '../log.ts';
import { wayToClient } from '../proxy/border.ts';
import { opposite, type Side } from '../side.ts';
import type { Tokens } from '../token/tokens.ts';
import type { BorderCall } from './border-call.ts';
import type { CallTable } from './call-table.ts';

export interface EndingParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly calls: CallTable;
  readonly flows: FlowBook;
  readonly gateways: Gateways;
  readonly hider: AddressHider;
  readonly tokens: Tokens;
  layer(side: Side): TransactionLayer;
}

/** Why the border ends a call. */
export interface EndReason {
  /** Status that a pending INVITE is refused with, and the cause in Reason. */
  readonly cause: number;
  /** For people. */
  readonly text: string;
}

const SIDES: readonly Side[] = ['outside', 'inside'];

/** Ends calls on the border's own account, with a Reason that says why (RFC 3326). */
export class Ending {
  readonly #parts: EndingParts;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  /** Ends a call on both sides, or on all but one that has ended by itself or cannot be reached. */
  end(call: BorderCall, reason: EndReason, except?: Side): void {
    if (call.phase === 'ended') return;
    this.#parts.log.info({ call: call.key, callId: call.callId, why: reason.text }, 'the border ends a call');
    const { phase, pendingInvite } = call;
    pendingInvite?.giveUp(reason.cause, reason.text);
    if (phase === 'confirmed') for (const side of SIDES) if (side !== except) this.#bye(call, side, reason);
    this.#parts.calls.end(call);
  }

  /** Acknowledges an answer that cannot be used and hangs up on whoever gave it (RFC 3261 §13.2.2.4). */
  dismiss(call: BorderCall, answerer: Side, sequence: number, reason: EndReason): void {
    const way = this.#wayTo(call, answerer);
    if (!way) return;
    this.#parts.layer(answerer).sendAck(this.#request(call, answerer, 'ACK', sequence, []), way[0]);
    this.#bye(call, answerer, reason);
  }

  #bye(call: BorderCall, towards: Side, { cause, text }: EndReason): void {
    const way = this.#wayTo(call, towards);
    if (!way) return;
    const sender = call.parties[opposite(towards)];
    // One more than the party in whose name it is has used; of a call of before a restart that is not known.
    const sequence = sender.sequence === 0 ? 1_000_000 : sender.sequence + 1;
    sender.sequence = sequence;
    const headers: [string, string][] = [['Reason', printReason({ protocol: 'SIP', cause, text })]];
    // A client that has gone on by another border keeps its call: the gateway sees that it is not ours to end.
    if (towards === 'inside') headers.push(['Record-Route', wayToClient(this.#parts, call.client, call.key, way[0])]);
    const request = new ClientRequest({
      layer: this.#parts.layer(towards),
      build: () => this.#request(call, towards, 'BYE', sequence, headers),
      user: { onResponse() {}, onFailure() {} },
    });
    request.start(way);
  }

  #wayTo(call: BorderCall, side: Side): readonly [Flow | Target, ...Target[]] | undefined {
    if (call.parties[side].contact === undefined) return undefined;
    if (side === 'inside') return [this.#parts.gateways.at(call.parties.inside.contact ?? '', call.gateway)];
    const way = this.#parts.flows.find(call.client);
    return way && [way];
  }

  /** A request in the call's dialog, in the name of the other party. */
  #request(
    call: BorderCall,
    towards: Side,
    method: string,
    sequence: number,
    extra: readonly (readonly [string, string])[],
  ): SipRequest {
    const { [towards]: receiver, [opposite(towards)]: sender } = call.parties;
    const headers = new HeaderList();
    if (towards === 'inside') for (const route of call.routes) headers.append('Route', route);
    headers.append('Max-Forwards', '70');
    headers.append('From', this.#shown(sender.address, towards)).append('To', this.#shown(receiver.address, towards));
    headers.append('Call-ID', call.callId).append('CSeq', `${sequence} ${method}`);
    for (const [name, value] of extra) headers.append(name, value);
    return new SipRequest(method, receiver.contact ?? '', headers);
  }

  #shown(address: string, towards: Side): string {
    return towards === 'outside' ? this.#parts.hider.hide(address, 'invalid.invalid') : address;
  }
}
