import type { BodyOf } from '@unisono/contract';
import type { ENDPOINTS, ReplyOf } from '../contract-types.ts';
import { failed, type Outcome } from '../outcome.ts';
import type { HttpAnswer, HttpPort } from '../ports.ts';
import { pathFor, ROUTES, type RouteName } from './routes.ts';

type EndpointOf<Name extends RouteName> = (typeof ENDPOINTS)[Name];
type Reply<Name extends RouteName> = ReplyOf<EndpointOf<Name>, keyof EndpointOf<Name>['replies']>;

export interface ApiOptions<Name extends RouteName> {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: BodyOf<EndpointOf<Name>>;
  readonly idempotencyKey?: string;
}

export interface ApiPorts {
  readonly http: HttpPort;
  /** The token of the session, read for each request: another tab may have renewed it. */
  readonly token: () => string | undefined;
  /** The Connector said that this token is good no more. */
  readonly onSignedOut: (code: string) => void;
  readonly onReached: (isReachable: boolean) => void;
}

/** Requests to the Connector; what was refused is a value. */
export class Api {
  readonly #ports: ApiPorts;

  constructor(ports: ApiPorts) {
    this.#ports = ports;
  }

  async ask<Name extends RouteName>(name: Name, options: ApiOptions<Name> = {}): Promise<Outcome<Reply<Name>>> {
    const { http, token, onReached, onSignedOut } = this.#ports;
    const { params, query, body, idempotencyKey } = options;
    const bearer = token();
    let answer: HttpAnswer;
    try {
      answer = await http.send({
        method: ROUTES[name][0],
        path: pathFor(name, params, query),
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      onReached(false);
      return failed('cloudUnreachable', 'The service does not answer.');
    }
    onReached(true);
    if (answer.status < 300) return { ok: true, value: answer.json as Reply<Name> };
    const refused = refusal(answer);
    const { code } = refused.problem;
    if ((code === 'notSignedIn' || code === 'accountDisabled') && bearer !== undefined && bearer === token())
      onSignedOut(code);
    return refused;
  }
}

/** The form of refusals is RFC 9457; an answer of somebody in between may have another. */
function refusal({ status, json }: HttpAnswer): ReturnType<typeof failed> {
  const given = (typeof json === 'object' && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  const code = typeof given.code === 'string' ? given.code : status === 401 ? 'notSignedIn' : 'cloudUnreachable';
  const detail = typeof given.detail === 'string' ? given.detail : `The service answered with status ${status}.`;
  return failed(code, detail, typeof given.retryAfterSec === 'number' ? given.retryAfterSec : undefined);
}
