import { createHash } from 'node:crypto';
import { emailAddress, emailDomain, type Session } from '@unisono/contract';
import * as client from 'openid-client';
import { providerPlace } from '../administration/providers.ts';
import { type Change, change } from '../change.ts';
import { type Context, MIN_MS } from '../context.ts';
import { ProblemError } from '../http/problem-error.ts';
import { addUser, type UserRow, userByEmail, userRow } from '../people/directory.ts';
import { isEqualSecret } from '../secrets/secrets.ts';
import { tenantById, tenantBySlug } from '../tenants/tenants.ts';
import { type Installation, openSession } from './sessions.ts';
import { giveTicket, takeTicket } from './tickets.ts';

const FLOW_MS = 10 * MIN_MS;
const DISCOVERY_MS = 60 * MIN_MS;

/** A sign-in under way. */
interface Flow {
  readonly providerId: string;
  readonly redirectUri: string;
  readonly binding: string;
  readonly verifier: string;
  readonly nonce: string;
  readonly installation: Installation;
}

export interface OidcStart {
  readonly tenant: string;
  readonly provider: string;
  readonly redirectUri: string;
  readonly binding: string;
  readonly installation: Installation;
}

/**
 * Sign-in with OpenID providers: authorization code with PKCE (RFC 7636), state, nonce, and a proof that only the client that began
 * can finish.
 */
export class Oidc {
  readonly #context: Context;
  readonly #known = new Map<string, { readonly made: number; readonly configuration: client.Configuration }>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** The address to send the browser to. Throws `notFound`, `invalidRequest` for a foreign redirect, `upstream`. */
  async start(asked: OidcStart): Promise<string> {
    const tenant = await tenantBySlug(this.#context.store, asked.tenant);
    if (tenant === undefined) throw new ProblemError('notFound', 'There is no such tenant.');
    const { configuration, scopes } = await this.#configuration(tenant.id, asked.provider);
    this.#refuseForeign(asked.redirectUri);
    const verifier = client.randomPKCECodeVerifier();
    const nonce = client.randomNonce();
    const data: Flow = {
      providerId: asked.provider,
      redirectUri: asked.redirectUri,
      binding: asked.binding,
      verifier,
      nonce,
      installation: asked.installation,
    };
    const { secret: state } = await change(this.#context, (one) =>
      giveTicket(one, { tenantId: tenant.id, purpose: 'oidc', lifeMs: FLOW_MS, data }),
    );
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: asked.redirectUri,
      scope: scopes.join(' '),
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return url.href;
  }

  /** Throws `expired`, `wrongCredentials`, `accountDisabled`, `upstream`. */
  async finish(callbackUrl: string, proof: string): Promise<Session> {
    const url = new URL(callbackUrl);
    const state = url.searchParams.get('state') ?? '';
    const flow = await change(this.#context, (one) => takeTicket<Flow>(one, ['oidc'], state));
    if (flow === undefined) throw new ProblemError('expired');
    const { tenantId, data } = flow;
    const shown = createHash('sha256').update(proof).digest('base64url');
    if (!isEqualSecret(shown, data.binding))
      throw new ProblemError('wrongCredentials', 'Another client began this sign-in.');
    const { configuration, createUsers } = await this.#configuration(tenantId, data.providerId);
    const claims = await claimsOf(configuration, url, state, data);
    return change(this.#context, async (one) => {
      const user = await this.#person(one, tenantId, data.providerId, claims, createUsers);
      return openSession(one, user, data.installation, 'oidc');
    });
  }

  /** Who was here before is known by issuer and subject; else by an address that the provider says it has verified. */
  async #person(
    one: Change,
    tenantId: string,
    providerId: string,
    claims: Claims,
    createUsers: boolean,
  ): Promise<UserRow> {
    const known = await one.writing
      .selectFrom('identities')
      .select('user_id')
      .where('tenant_id', '=', tenantId)
      .where('provider_id', '=', providerId)
      .where('subject', '=', claims.sub)
      .executeTakeFirst();
    if (known !== undefined) return userRow(one.writing, tenantId, known.user_id);
    const email = emailAddress.safeParse(claims.email).data;
    if (email === undefined || claims.email_verified !== true)
      throw new ProblemError('wrongCredentials', 'The provider does not vouch for an e-mail address of this account.', {
        action: 'Have the provider send email and email_verified.',
      });
    const user =
      (await userByEmail(one.writing, tenantId, email)) ?? (await create(one, tenantId, email, claims, createUsers));
    const identity = { tenant_id: tenantId, provider_id: providerId, subject: claims.sub, user_id: user.id };
    await one.writing
      .insertInto('identities')
      .values({ ...identity, created_at_ms: one.nowMs })
      .execute();
    const subject = `${user.email} (${user.id})`;
    one.audit({ tenantId, actor: `person ${subject}`, action: 'identity linked', subject, details: { providerId } });
    return user;
  }

  async #configuration(tenantId: string, providerId: string) {
    const row = await this.#context.store
      .selectFrom('oidc_providers')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', '=', providerId)
      .executeTakeFirst();
    if (row === undefined) throw new ProblemError('notFound', 'There is no such provider.');
    const key = JSON.stringify([row.issuer, row.client_id, row.secret_sealed]);
    const nowMs = this.#context.clock.nowMs();
    let known = this.#known.get(key);
    if (known === undefined || known.made < nowMs - DISCOVERY_MS) {
      const secret =
        row.secret_sealed === null
          ? undefined
          : this.#context.seal.open(row.secret_sealed, providerPlace(tenantId, providerId));
      known = { made: nowMs, configuration: await discover(row.issuer, row.client_id, secret) };
      this.#known.set(key, known);
    }
    const scopes = JSON.parse(row.scopes) as string[];
    return { configuration: known.configuration, scopes, createUsers: row.create_users === 1 };
  }

  /** Browsers come back to this service, apps to a scheme of their own or to loopback (RFC 8252). */
  #refuseForeign(redirectUri: string): void {
    const url = new URL(redirectUri);
    const { publicUrl, pageOrigins } = this.#context;
    const isOurs = url.origin === new URL(publicUrl).origin || pageOrigins.includes(url.origin);
    const isLoopback = url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
    const isApp = url.protocol === 'com.unisono.phone:';
    if (!isOurs && !isLoopback && !isApp)
      throw new ProblemError('invalidRequest', 'The redirect leads away from this service.');
  }
}

interface Claims {
  readonly sub: string;
  readonly email?: unknown;
  readonly email_verified?: unknown;
  readonly given_name?: unknown;
  readonly family_name?: unknown;
  readonly name?: unknown;
}

async function discover(issuer: string, clientId: string, secret: string | undefined): Promise<client.Configuration> {
  const url = new URL(issuer);
  // Plain HTTP is for providers on the same machine only.
  const isLoopback = url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  const execute = isLoopback ? [client.allowInsecureRequests] : [];
  try {
    return await client.discovery(url, clientId, secret, secret === undefined ? client.None() : undefined, {
      execute,
      timeout: 10,
    });
  } catch (error) {
    throw upstream('The OpenID provider could not be read.', error);
  }
}

async function claimsOf(configuration: client.Configuration, url: URL, state: string, flow: Flow): Promise<Claims> {
  try {
    const callback = new URL(flow.redirectUri);
    callback.search = url.search;
    const tokens = await client.authorizationCodeGrant(configuration, callback, {
      pkceCodeVerifier: flow.verifier,
      expectedState: state,
      expectedNonce: flow.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('there is no ID token');
    if (claims.email !== undefined || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
    return { ...claims, ...(await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)) };
  } catch (error) {
    if (error instanceof client.AuthorizationResponseError)
      throw new ProblemError('wrongCredentials', `The provider refused: ${error.error_description ?? error.error}.`);
    throw upstream('The OpenID provider did not confirm the sign-in.', error);
  }
}

async function create(
  one: Change,
  tenantId: string,
  email: string,
  claims: Claims,
  createUsers: boolean,
): Promise<UserRow> {
  const tenant = await tenantById(one.writing, tenantId);
  const isOfTenant = (JSON.parse(tenant.domains) as string[]).includes(emailDomain(email) ?? '');
  if (!createUsers || !isOfTenant)
    throw new ProblemError('wrongCredentials', 'Nobody here has this address.', {
      action: 'Ask your administrator for an invitation.',
    });
  const [first = email, ...rest] = text(claims.name)?.split(' ') ?? [];
  const person = {
    email,
    firstName: text(claims.given_name) ?? first,
    lastName: text(claims.family_name) ?? (rest.join(' ') || first),
    role: 'user' as const,
    phone: true,
  };
  return addUser(one, { tenantId, actor: 'OpenID sign-in' }, person);
}

function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return (
    value
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
      .trim()
      .slice(0, 100) || undefined
  );
}

function upstream(what: string, error: unknown): ProblemError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ProblemError('upstream', `${what} ${reason}`, {
    action: 'Check issuer, client id and secret of the provider.',
  });
}
