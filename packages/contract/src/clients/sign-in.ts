import { z } from 'zod';
import { userRole } from '../people/user.ts';
import { emailAddress } from '../values/email.ts';
import { atMs, id, language, line } from '../values/scalars.ts';

/** Letters, digits and hyphens: the tenant in addresses. */
export const tenantSlug = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'Write lower-case letters, digits and hyphens.');

export const password = z.string().min(1).max(1024);
/** A code of an authenticator app (RFC 6238), or one of the recovery codes. */
const totpCode = z.string().regex(/^[0-9A-Za-z -]{6,24}$/);

/** One installation of a client. Without an id it is a new one and gets one. */
export const installation = z
  .object({
    id: id.optional(),
    name: line(100).default('A device'),
    platform: z.enum(['web', 'android', 'ios', 'desktop', 'other']).or(z.string().max(32)).default('other'),
  })
  .meta({ id: 'Installation' });

/** How a tenant's people sign in; public. */
export const signInMethods = z
  .object({
    tenant: tenantSlug,
    name: line(100),
    password: z.boolean(),
    providers: z.array(z.object({ id, name: line(100) })),
  })
  .meta({ id: 'SignInMethods' });

/** The tenants that an address belongs to by its domain, not by whether it is known. */
export const signInSearch = z.object({ email: emailAddress });
export const signInSearchResult = z.object({ tenants: z.array(z.object({ tenant: tenantSlug, name: line(100) })) });

export const passwordSignIn = z
  .object({
    tenant: tenantSlug,
    email: emailAddress,
    password,
    totp: totpCode.optional(),
    installation: installation.prefault({}),
  })
  .meta({ id: 'PasswordSignIn' });

/** A session. The token goes into `Authorization: Bearer`; it is shown once. */
export const session = z
  .object({
    token: z.string(),
    installationId: id,
    userId: id,
    tenant: tenantSlug,
    expiresAtMs: atMs,
  })
  .meta({ id: 'Session' });
export type Session = z.output<typeof session>;

/** The session that asks. */
export const sessionView = z
  .object({
    userId: id,
    tenant: tenantSlug,
    installationId: id,
    method: z.enum(['password', 'oidc', 'pairing', 'invitation']).or(z.string()),
    createdAtMs: atMs,
    expiresAtMs: atMs,
  })
  .meta({ id: 'SessionView' });

/** `binding` is SHA-256, base64url, of a random `proof` that the client keeps: only who began can finish. */
export const oidcStart = z
  .object({
    tenant: tenantSlug,
    provider: id,
    redirectUri: z.url().max(2048),
    binding: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    installation: installation.prefault({}),
  })
  .meta({ id: 'OidcStart' });
export const oidcStarted = z.object({ authorizationUrl: z.url() }).meta({ id: 'OidcStarted' });
/** `callbackUrl` is the whole address the provider sent the browser back to. */
export const oidcFinish = z
  .object({ callbackUrl: z.url().max(8192), proof: z.string().min(32).max(256) })
  .meta({ id: 'OidcFinish' });

/** What a link in an e-mail carries. */
const mailedToken = z.string().min(20).max(200);
export const mailedTokenLook = z.object({ token: mailedToken });
export const mailedTokenView = z
  .object({
    purpose: z.enum(['invitation', 'passwordReset']).or(z.string()),
    tenant: tenantSlug,
    tenantName: line(100),
    email: emailAddress,
    name: line(201),
    expiresAtMs: atMs,
  })
  .meta({ id: 'MailedTokenView' });
export const mailedTokenUse = z
  .object({ token: mailedToken, password, installation: installation.prefault({}) })
  .meta({ id: 'MailedTokenUse' });
export const passwordForgotten = z.object({ tenant: tenantSlug, email: emailAddress });

/**
 * Sign-in of a second device: a signed-in device shows `uri` as a QR code; the new one sends the code of it (`claim`); the
 * signed-in one sees what wants in and approves; the new one then gets its session (`finish`).
 */
export const pairing = z
  .object({
    pairingId: id,
    /** In the QR code: `https://…/pair#CODE`. Shown once. */
    uri: z.string(),
    code: z.string(),
    expiresAtMs: atMs,
  })
  .meta({ id: 'Pairing' });
export const pairingState = z
  .object({
    pairingId: id,
    state: z.enum(['waiting', 'claimed', 'approved', 'refused', 'finished', 'expired']),
    /** What wants in. */
    installation: z.object({ name: line(100), platform: z.string() }).optional(),
    expiresAtMs: atMs,
  })
  .meta({ id: 'PairingState' });
export const pairingClaim = z
  .object({ code: z.string().min(10).max(200), installation: installation.prefault({}) })
  .meta({ id: 'PairingClaim' });
export const pairingClaimed = z
  .object({ pairingId: id, claim: z.string(), expiresAtMs: atMs })
  .meta({ id: 'PairingClaimed' });
export const pairingFinish = z.object({ pairingId: id, claim: z.string().min(20).max(200) });
/** `session` is there when the state is `finished`. */
export const pairingFinished = z
  .object({ state: pairingState.shape.state, session: session.optional() })
  .meta({ id: 'PairingFinished' });
export const pairingDecision = z.object({ approve: z.boolean() });

/** The person who asks. */
export const me = z
  .object({
    userId: id,
    tenant: tenantSlug,
    tenantName: line(100),
    email: emailAddress,
    firstName: z.string(),
    lastName: z.string(),
    displayName: z.string(),
    language: language.optional(),
    role: userRole,
    phone: z.boolean(),
    hasPassword: z.boolean(),
    hasTotp: z.boolean(),
    /** The tenant wants a second factor, and this session may do nothing else before one is set up. */
    isFactorDue: z.boolean().default(false),
    /** Colleagues see whether this person is in a call. */
    sharesPresence: z.boolean().default(true),
  })
  .meta({ id: 'Me' });
export const mePatch = z.object({ language: language.nullable().optional(), sharesPresence: z.boolean().optional() });
export const passwordChange = z.object({ current: password.optional(), next: password, totp: totpCode.optional() });

/** A new second factor; it counts from its confirmation on. `uri` is for the QR code (`otpauth://`). */
export const totpStarted = z.object({ secret: z.string(), uri: z.string() }).meta({ id: 'TotpStarted' });
export const totpProof = z.object({ totp: totpCode });
/** Shown once; each one works once in place of a code. */
export const totpConfirmed = z.object({ recoveryCodes: z.array(z.string()) }).meta({ id: 'TotpConfirmed' });

/** An installation as its owner sees it. */
export const device = z
  .object({
    installationId: id,
    name: line(100),
    platform: z.string(),
    method: z.string(),
    createdAtMs: atMs,
    lastSeenAtMs: atMs,
    isThisOne: z.boolean(),
    hasPush: z.boolean(),
  })
  .meta({ id: 'Device' });

/** The same as administrators see it. */
export const personDevice = device.omit({ isThisOne: true, hasPush: true }).meta({ id: 'PersonDevice' });
