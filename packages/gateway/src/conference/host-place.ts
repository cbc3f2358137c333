import type { CallerIdentity } from '@unisono/pbx';
import type { Session } from '@unisono/sip';
import { type DeviceRef, isHolding } from '../call/device-dialog.ts';
import type { ShownParty } from '../call/renegotiation.ts';
import type { Party } from './focus.ts';

/** The call to the factory, as far as its place in the conference needs it. */
export interface FactoryCall {
  readonly identity: CallerIdentity;
  readonly station: string;
  session(): Session | undefined;
  device(): DeviceRef | undefined;
  show(shown: ShownParty): void;
  hangUp(reason: string | undefined): void;
}

/** The place of whoever called the factory. */
export class HostPlace implements Party {
  readonly hasDialledIn = true;
  readonly #call: FactoryCall;

  constructor(call: FactoryCall) {
    this.#call = call;
  }

  get identity(): CallerIdentity {
    return this.#call.identity;
  }

  get station(): string {
    return this.#call.station;
  }

  get isHolding(): boolean {
    return isHolding(this.#call.session()?.remotePayload);
  }

  get isMuted(): boolean {
    return this.#call.device()?.microphone?.isMuted ?? false;
  }

  show(shown: ShownParty): void {
    this.#call.show(shown);
  }

  close(_detail: string, reason?: string): void {
    this.#call.hangUp(reason);
  }
}
