import type { Endpoint } from '@unisono/contract';
import type { FastifyInstance } from 'fastify';
import type { Context } from './context.ts';
import type { Authenticator } from './http/authenticate.ts';
import type { Handler } from './http/routes.ts';

/** Where routes are put. */
export interface Site {
  readonly app: FastifyInstance;
  readonly context: Context;
  readonly authenticator: Authenticator;
  /** Answers an endpoint of the contract. */
  on<const One extends Endpoint>(one: One, handler: Handler<One>): void;
}
