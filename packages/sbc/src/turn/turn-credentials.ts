import { createHmac } from 'node:crypto';

/** A TURN server that shares a secret with us: coturn with `use-auth-secret`. */
export interface TurnService {
  /** `turn:turn.example.com:3478?transport=udp`, `turns:turn.example.com:5349` (RFC 7065). */
  readonly urls: readonly string[];
  /** `static-auth-secret` of the server. */
  readonly secret: string;
}

/** One entry of `RTCConfiguration.iceServers`, as a browser takes it. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/**
 * Time-limited credentials of a TURN server: the user name is the second of their end and a name for the server's log, the password
 * is base64 of HMAC-SHA1 over it (draft-uberti-behave-turn-rest-00 §2.2). The server needs no list of users. `name` must not
 * tell anything: it crosses the network in clear.
 */
export function turnCredentials({ urls, secret }: TurnService, name: string, expiresAtSec: number): IceServer {
  const username = `${Math.floor(expiresAtSec)}:${name}`;
  const credential = createHmac('sha1', secret).update(username).digest('base64');
  return { urls, username, credential };
}
