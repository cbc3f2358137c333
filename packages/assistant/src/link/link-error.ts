/**
 * Why the Connector could not be asked, by a stable code:
 * - `proxyCredentials`: the proxy wants other credentials (407); `proxyRefused`: it does not let us through;
 *   `proxyUnreachable`: it is not there;
 * - `certificate`: the certificate of the Connector, or of the proxy, is not of an authority that is trusted here;
 * - `nameUnknown`: the name cannot be resolved; `unreachable`: nobody answers there; `timeout`: nobody answers in time;
 * - `keyRefused`: the API key is not valid; `notAllowed`: the key may not do this;
 * - `busy`: it asks to come back later (429, 503); `cursorExpired`: a position is too old;
 * - `unknownRequest`: it is of an earlier version and does not know what was asked (404);
 * - `refused`: any other refusal; `protocol`: what came is not what was expected; `closed`: the link was ended here.
 */
export type LinkErrorCode =
  | 'proxyCredentials'
  | 'proxyRefused'
  | 'proxyUnreachable'
  | 'certificate'
  | 'nameUnknown'
  | 'unreachable'
  | 'timeout'
  | 'keyRefused'
  | 'notAllowed'
  | 'busy'
  | 'cursorExpired'
  | 'unknownRequest'
  | 'refused'
  | 'protocol'
  | 'closed';

/** The Connector could not be asked, or refused. The message is for administrators: what happened and what to do. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: LinkErrorCode;
  /** When to try again, where the other side said so. */
  readonly retryAfterMs: number | undefined;
  /** HTTP status of a refusal. */
  readonly status: number | undefined;

  constructor(
    code: LinkErrorCode,
    message: string,
    more: { retryAfterMs?: number | undefined; status?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.retryAfterMs = more.retryAfterMs;
    this.status = more.status;
  }
}
