import { createHmac } from 'node:crypto';
import { type ClientConnection, type ConnectionData, clientUsername } from '@unisono/contract';
import { type Context, DAY_MS } from '../context.ts';
import type { SessionCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';
import { userRow } from '../people/directory.ts';
import { connectionOf } from '../sync/connections.ts';

/** Share of the credentials' life after which a client asks for new ones. */
const REFRESH_AFTER = 0.5;

/** What this installation needs to connect, with credentials of its own. Throws `phoneOff`, `noConnectionData`. */
export async function clientConnectionOf(context: Context, caller: SessionCaller): Promise<ClientConnection> {
  const { tenantId, userId, installationId } = caller;
  const user = await userRow(context.store, tenantId, userId);
  if (user.phone !== 1) throw new ProblemError('phoneOff');
  const stored = await connectionOf(context, tenantId, userId);
  if (stored === undefined) throw new ProblemError('noConnectionData');
  const { data, system, version } = stored;
  const nowMs = context.clock.nowMs();
  const credentials = sipCredentials(data, installationId, nowMs);
  const turn = data.turn.map((server) => turnCredentials(server, installationId, nowMs));
  const ends = [credentials.expiresAtMs, ...turn.map(({ expiresAtMs }) => expiresAtMs)].filter(
    (end) => end !== undefined,
  );
  const validUntilMs = Math.min(nowMs + context.policy.connectionDays * DAY_MS, ...ends);
  return {
    version,
    system,
    sbc: data.sbc,
    sip: { addressOfRecord: data.ufip.addressOfRecord, realm: data.ufip.realm, ...credentials },
    desk: data.desk,
    turn,
    dialling: data.dialling,
    features: data.features,
    ...(data.voicemailNumber === undefined ? {} : { voicemailNumber: data.voicemailNumber }),
    ...(data.conferenceFactory === undefined ? {} : { conferenceFactory: data.conferenceFactory }),
    issuedAtMs: nowMs,
    validUntilMs,
    refreshAtMs: nowMs + Math.floor((validUntilMs - nowMs) * REFRESH_AFTER),
  };
}

function sipCredentials({ credentials }: ConnectionData, installationId: string, nowMs: number) {
  if (credentials.kind === 'fixed') return { username: credentials.username, password: credentials.password };
  const expiresAtMs = nowMs + credentials.lifetimeSec * 1000;
  const username = clientUsername(credentials.username, installationId, expiresAtMs);
  // What `clientPassword` gives, at a tenth of its price.
  const password = createHmac('sha256', Buffer.from(credentials.key, 'base64url')).update(username).digest('base64url');
  return { username, password, expiresAtMs };
}

type TurnServer = ConnectionData['turn'][number];

/** Time-limited user names as TURN servers with a shared secret take them: `EXPIRES:NAME`, HMAC-SHA-1 as password. */
function turnCredentials({ urls, credentials }: TurnServer, installationId: string, nowMs: number) {
  if (credentials === undefined) return { urls };
  if (credentials.kind === 'fixed') return { urls, username: credentials.username, credential: credentials.password };
  const expiresAtMs = nowMs + credentials.lifetimeSec * 1000;
  const username = `${Math.floor(expiresAtMs / 1000)}:${installationId}`;
  const credential = createHmac('sha1', credentials.secret).update(username).digest('base64');
  return { urls, username, credential, expiresAtMs };
}
