import {
  DigestServer,
  type ExtraHeaders,
  ha1Set,
  makeResponse,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type UasInvite,
} from '@unisono/sip';
import { SimEndpoint } from './endpoint.ts';
import type { DialOptions, EndpointOptions } from './endpoint-options.ts';
import type { PhoneCall } from './phone-call.ts';

/** Somebody in the public network. */
export interface Outsider {
  readonly number: string;
  readonly name?: string;
  /** Does not show the number (RFC 3323, RFC 3325). */
  readonly isAnonymous?: boolean;
}

/** What the gateway signs in with at a provider that asks for it. */
export interface ProviderAccount {
  readonly username: string;
  readonly password: string;
}

export interface ProviderOptions extends Omit<EndpointOptions, 'username' | 'domain'> {
  /** Absent: whoever comes from the gateway's address is let in. */
  readonly account?: ProviderAccount | undefined;
}

/** The far end of a trunk with the whole public network behind it. */
export class SimProvider extends SimEndpoint {
  readonly #registrar: DigestServer;
  readonly #proxy: DigestServer;
  readonly #account: ProviderAccount | undefined;

  constructor(options: ProviderOptions) {
    super({ ...options, username: 'provider', domain: options.server.address });
    const { clock, random } = options;
    const common = { realm: 'provider.example', secret: 'what a provider signs its nonces with', clock, random };
    this.#registrar = new DigestServer(common);
    this.#proxy = new DigestServer({ ...common, role: 'proxy' });
    this.#account = options.account;
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

  override onInvite(invite: UasInvite): void {
    const refusal = this.#challenge(invite.request, this.#proxy);
    if (refusal) invite.refuse(refusal);
    else super.onInvite(invite);
  }

  override onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    const refusal = this.#challenge(request, this.#registrar);
    if (refusal) return transaction.respond(refusal);
    if (request.method === 'REGISTER') return transaction.respond(registered(request));
    super.onRequest(transaction);
  }

  #challenge(request: SipRequest, digest: DigestServer): SipResponse | undefined {
    const account = this.#account;
    if (!account) return undefined;
    const secrets = ha1Set(account.username, digest.realm, account.password);
    const outcome = digest.verify(request, (username) => (username === account.username ? secrets : undefined));
    if (outcome.ok) return undefined;
    const response = makeResponse(request, digest.status, { toTag: this.options.random.hex(6) });
    digest.challenge(response.headers, { stale: outcome.why === 'stale' || outcome.why === 'replayed' });
    return response;
  }
}

/** Takes every registration as it is asked for. */
function registered(request: SipRequest): SipResponse {
  const response = makeResponse(request, 200, { toTag: 'registered' });
  response.headers.copy('Contact', request.headers).copy('Expires', request.headers);
  return response;
}
