import type { Clock, ExtraHeaders, FakeNetwork, Random, SessionTimerPolicy, Target, TransportName } from '@unisono/sip';

export interface EndpointOptions {
  readonly network: FakeNetwork;
  readonly clock: Clock;
  readonly random: Random;
  readonly address: string;
  readonly port: number;
  readonly transport: TransportName;
  /** The gateway, or a border in front of it. */
  readonly server: Target;
  readonly domain: string;
  /** User part of its own addresses. */
  readonly username: string;
  /** What it signs in with, where that is not the user part. */
  readonly signInAs?: string | undefined;
  /** Answers challenges; without it a challenge is a refusal. */
  readonly password?: string | undefined;
  /** Option tags in Supported. */
  readonly extensions?: readonly string[] | undefined;
  /** Methods in Allow. */
  readonly methods?: readonly string[] | undefined;
  readonly sessionTimer?: SessionTimerPolicy | undefined;
  /** By which it is known as a device (RFC 5626 §4.1), where it tells. */
  readonly instance?: string | undefined;
  /** It tells the gateway of its microphone, and goes on with a call with the microphone as it was. */
  readonly tellsMicrophone?: boolean | undefined;
}

export interface DialOptions {
  /** The INVITE carries no description; the other side makes the offer. */
  readonly lateOffer?: boolean;
  readonly maxForwards?: number;
  /** The call starts on hold. */
  readonly isHolding?: boolean;
  readonly headers?: ExtraHeaders;
  /** From instead of the endpoint's own, without tag. */
  readonly from?: string;
}
