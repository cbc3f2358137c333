import type { ExtraHeaders } from '@unisono/sip';
import { type DialOptions, type EndpointOptions, SimEndpoint } from './endpoint.ts';
import type { PhoneCall } from './phone-call.ts';

/** Somebody in the public network. */
export interface Outsider {
  readonly number: string;
  readonly name?: string;
  /** Does not show the number (RFC 3323, RFC 3325). */
  readonly isAnonymous?: boolean;
}

/** The far end of a trunk with the whole public network behind it. */
export class SimProvider extends SimEndpoint {
  constructor(options: Omit<EndpointOptions, 'username' | 'domain'>) {
    super({ ...options, username: 'provider', domain: options.server.address });
  }

  /** Calls a number of the company for somebody outside. */
  call(number: string, from: Outsider, options: DialOptions = {}): PhoneCall {
    const uri = `sip:${from.number}@${this.address}`;
    const asserted: ExtraHeaders = [['P-Asserted-Identity', `<${uri}>`]];
    const hidden: ExtraHeaders = from.isAnonymous ? [['Privacy', 'id']] : [];
    const name = from.name === undefined ? '' : `"${from.name}" `;
    return this.dial(number, {
      ...options,
      from: from.isAnonymous ? '"Anonymous" <sip:anonymous@anonymous.invalid>' : `${name}<${uri}>`,
      headers: [...asserted, ...hidden, ...(options.headers ?? [])],
    });
  }
}
