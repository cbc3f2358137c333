import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { CLIENT_PATHS } from '@unisono/connector';

/** What of a Connector the door hands requests to. */
export interface DoorConnector {
  readonly app: { readonly server: Pick<Server, 'emit'>; routing: RequestListener };
}

/** What the door for web clients answers beside SIP. */
export interface PhoneDoor {
  /** The client app; absent when it was not built. */
  readonly app: RequestListener | undefined;
  /** Answers a request to the Connector; false when it is none. */
  readonly onApi: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Takes an upgrade that is not SIP's; false when it is nobody's. */
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
}

/**
 * The client app at the border's own door, with the Connector of the same process behind it: one address, so that a browser has to
 * trust one certificate. Administration and phone systems reach the Connector at its own port alone. `connector` is undefined until it has started.
 */
export function phoneDoor(app: RequestListener | undefined, connector: () => DoorConnector | undefined): PhoneDoor {
  return {
    app,
    onApi: (request, response) => {
      if (!CLIENT_PATHS.test(request.url ?? '')) return false;
      const running = connector();
      if (running === undefined) notYet(response);
      else running.app.routing(request, response);
      return true;
    },
    onUpgrade: (request, socket, head) => {
      const running = connector();
      if (running === undefined || !CLIENT_PATHS.test(request.url ?? '')) return false;
      // The WebSockets of the Connector listen at its server.
      running.app.server.emit('upgrade', request, socket, head);
      return true;
    },
  };
}

const NOT_YET = {
  code: 'overloaded',
  status: 503,
  title: 'The service is starting.',
  detail: 'The service is starting.',
  action: 'Try again in two seconds.',
  retryAfterSec: 2,
};

function notYet(response: ServerResponse): void {
  response.writeHead(503, { 'Retry-After': '2', 'Content-Type': 'application/problem+json', Connection: 'close' });
  response.end(JSON.stringify(NOT_YET));
}
