import { type ConnectionData, ENDPOINTS, type ReplyOf, type Session } from '@unisono/contract';
import type { Stage, TenantKeys } from './stage.ts';

export const PASSWORD = 'correct horse battery';

/** What an Assistant would upload for somebody. */
export function connectionData(name: string, number: string, more: Partial<ConnectionData> = {}): ConnectionData {
  return {
    sbc: [{ uri: 'wss://sbc.example.com/sip', priority: 0, weight: 1 }],
    ufip: { addressOfRecord: `sip:${name}-clients@example.com`, realm: 'example.com', maxClients: 10 },
    credentials: {
      kind: 'perInstallation',
      username: `${name}-clients`,
      key: Buffer.alloc(32, 5).toString('base64url'),
      lifetimeSec: 86_400,
    },
    desk: { number, displayName: name, outsideNumber: `+498999998${number.slice(1)}` },
    turn: [
      {
        urls: ['turn:turn.example.com'],
        credentials: { kind: 'sharedSecret', secret: 'turn secret', lifetimeSec: 43_200 },
      },
    ],
    dialling: {
      countryCode: '49',
      areaCode: '89',
      nationalPrefix: '0',
      internationalPrefix: '00',
      outsideLinePrefix: '',
      emergencyNumbers: ['112'],
      internalLengths: [4],
      featureCodes: {},
    },
    features: ['callWaiting', 'transfer'],
    ...more,
  };
}

export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly session: Session;
  readonly token: string;
}

let requests = 0;

/** A key that no other request has. */
export function onceKey(): string {
  requests++;
  return `request-${requests}`;
}

/** A person who was invited, has set a password and is signed in. */
export async function signedIn(stage: Stage, tenant: TenantKeys, name: string): Promise<Person> {
  const email = `${name}@${tenant.slug}.example`;
  const user = await stage.get(ENDPOINTS.createUser, {
    as: tenant.admin,
    body: { email, firstName: name, lastName: 'Example' },
  });
  const session = await acceptInvitation(stage, email);
  return { userId: user.id, email, session, token: session.token };
}

export async function acceptInvitation(stage: Stage, email: string): Promise<ReplyOf<typeof ENDPOINTS.useMailedToken>> {
  const mail = stage.mails.findLast(({ to }) => to === email);
  const token = /#(ut_\S+)/.exec(mail?.text ?? '')?.[1] ?? '';
  return stage.get(ENDPOINTS.useMailedToken, {
    body: { token, password: PASSWORD, installation: { name: 'Browser' } },
  });
}

/** The same with a device at the phone system. */
export async function connected(stage: Stage, tenant: TenantKeys, name: string, number: string): Promise<Person> {
  const person = await signedIn(stage, tenant, name);
  await upload(stage, tenant, person.userId, 1, connectionData(name, number));
  return person;
}

export async function upload(stage: Stage, tenant: TenantKeys, userId: string, version: number, data: ConnectionData) {
  const { outcomes } = await stage.get(ENDPOINTS.uploadConnections, {
    as: tenant.assistant,
    headers: { 'idempotency-key': onceKey() },
    body: { items: [{ op: 'put', userId, version, data }] },
  });
  return outcomes[0];
}
