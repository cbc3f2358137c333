import { z } from 'zod';
import { directoryUser } from '../people/user.ts';
import { atMs, id, line, webAddress } from '../values/scalars.ts';
import { tenantSlug } from './sign-in.ts';

export const userPage = z
  .object({ users: z.array(directoryUser), next: z.string().optional(), total: z.int() })
  .meta({ id: 'UserPage' });

/** One line of an import: what it would do or did, or why it cannot. */
const importLine = z.object({
  /** Line of the file, the header is line 1. */
  line: z.int(),
  outcome: z.enum(['create', 'update', 'unchanged', 'error']),
  email: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
});

/** What an import does. With errors nothing is imported unless `skipErrors` was said. Lines listed are bounded, counts are not. */
export const importReport = z
  .object({
    dryRun: z.boolean(),
    /** Whether the good lines are in the directory now. */
    isApplied: z.boolean(),
    lines: z.int(),
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    failed: z.int(),
    errors: z.array(importLine),
    changes: z.array(importLine),
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.output<typeof importReport>;

/** What an API key may do. `assistant` is one phone system; `scim` and `directory` are for people; `admin` is everything. */
export const keyScope = z.enum(['assistant', 'scim', 'directory', 'admin']);
export type KeyScope = z.output<typeof keyScope>;

export const apiKey = z
  .object({
    keyId: id,
    name: line(100),
    scope: keyScope,
    /** The phone system, for scope `assistant`. */
    system: id.optional(),
    createdAtMs: atMs,
    expiresAtMs: atMs.optional(),
    lastUsedAtMs: atMs.optional(),
    revokedAtMs: atMs.optional(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.output<typeof apiKey>;

export const newApiKey = z
  .object({
    name: line(100).min(1),
    scope: keyScope,
    system: id.optional(),
    expiresAtMs: atMs.optional(),
  })
  .refine(({ scope, system }) => scope === 'assistant' || system === undefined, 'Only assistant keys name a system.')
  .meta({ id: 'NewApiKey' });

/** `secret` is shown this once. */
export const apiKeyCreated = z.object({ key: apiKey, secret: z.string() }).meta({ id: 'ApiKeyCreated' });
/** The old key holds on for `overlapSec`. */
export const keyRotation = z.object({ overlapSec: z.int().min(0).max(2_592_000).default(86_400) });

/** An OpenID provider of the tenant. The client secret is written and never read. */
export const oidcProvider = z
  .object({
    id,
    name: line(100).min(1),
    issuer: webAddress(['https:', 'http:']),
    clientId: line(256).min(1),
    /** People without an account who sign in with an address of the tenant's domains get one. */
    createUsers: z.boolean().default(false),
    scopes: z.array(z.string().max(64)).max(20).default(['openid', 'email', 'profile']),
  })
  .meta({ id: 'OidcProvider' });
export const oidcProviderWrite = oidcProvider
  .extend({ clientSecret: z.string().max(512).optional() })
  .omit({ id: true });

/** An LDAP directory that shared contacts are searched in. The bind password is written and never read. */
export const ldapSource = z
  .object({
    id,
    name: line(100).min(1),
    url: webAddress(['ldap:', 'ldaps:']),
    bindDn: line(500).optional(),
    baseDn: line(500),
    /** Filter that is and-ed with every search (RFC 4515). */
    filter: line(1000).default('(objectClass=person)'),
    attributes: z
      .object({
        name: line(64).default('cn'),
        company: line(64).default('o'),
        email: line(64).default('mail'),
        work: line(64).default('telephoneNumber'),
        mobile: line(64).default('mobile'),
        home: line(64).default('homePhone'),
      })
      .prefault({}),
  })
  .meta({ id: 'LdapSource' });
export type LdapSource = z.output<typeof ldapSource>;
export const ldapSourceWrite = ldapSource.extend({ bindPassword: z.string().max(512).optional() }).omit({ id: true });

/** The tenant as its administrators see it. */
export const tenantView = z
  .object({
    tenant: tenantSlug,
    name: line(100),
    /** Domains by which people find the tenant at sign-in. */
    domains: z.array(z.string()),
    passwordSignIn: z.boolean(),
    requireTotp: z.boolean(),
    historyMonths: z.int(),
    users: z.int(),
    phoneUsers: z.int(),
    connected: z.int(),
    systems: z.array(z.object({ system: id, isOnline: z.boolean(), sinceMs: atMs })),
  })
  .meta({ id: 'TenantView' });
export const tenantPatch = z.object({
  name: line(100).min(1).optional(),
  passwordSignIn: z.boolean().optional(),
  requireTotp: z.boolean().optional(),
  historyMonths: z.int().min(1).max(24).optional(),
});

/** One administrative change. `hash` covers the entry and the hash before it: nothing can be taken out or changed unseen. */
export const auditEntry = z
  .object({
    seq: z.int(),
    atMs,
    actor: line(300),
    action: line(100),
    subject: line(300),
    details: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export const auditPage = z
  .object({ entries: z.array(auditEntry), next: z.string().optional() })
  .meta({ id: 'AuditPage' });
