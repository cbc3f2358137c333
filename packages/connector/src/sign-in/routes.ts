import { ENDPOINTS, emailDomain } from '@unisono/contract';
import { ProblemError } from '../http/problem-error.ts';
import type { Site } from '../site.ts';
import { tenantBySlug } from '../tenants/tenants.ts';
import { lookAtMailed, sendPasswordLink, setPasswordByMail } from './mailed.ts';
import { Oidc } from './oidc.ts';
import { claimPairing, finishPairing } from './pairing.ts';
import { signInWithPassword } from './password.ts';

/** What nobody has to be signed in for. */
export function signInRoutes({ context, on }: Site): void {
  on(ENDPOINTS.findTenants, async ({ body }) => {
    const domain = emailDomain(body.email);
    const rows = await context.store.selectFrom('tenants').select(['slug', 'name', 'domains']).execute();
    const found = rows.filter(({ domains }) => (JSON.parse(domains) as string[]).some((one) => one === domain));
    return { tenants: found.map(({ slug, name }) => ({ tenant: slug, name })) };
  });

  on(ENDPOINTS.signInMethods, async ({ params }) => {
    const tenant = await tenantBySlug(context.store, params.tenant);
    if (tenant === undefined) throw new ProblemError('notFound', 'There is no such tenant.');
    const providers = context.store
      .selectFrom('oidc_providers')
      .select(['id', 'name'])
      .where('tenant_id', '=', tenant.id);
    return {
      tenant: tenant.slug,
      name: tenant.name,
      password: tenant.password_sign_in === 1,
      providers: await providers.orderBy('name').execute(),
    };
  });

  on(ENDPOINTS.signInWithPassword, async ({ body }) => await signInWithPassword(context, body));

  on(ENDPOINTS.forgotPassword, async ({ body }) => {
    await sendPasswordLink(context, body.tenant, body.email);
  });

  on(ENDPOINTS.lookAtMailedToken, async ({ body }) => await lookAtMailed(context, body.token));

  on(ENDPOINTS.useMailedToken, async ({ body }) => await setPasswordByMail(context, body));

  const oidc = new Oidc(context);
  on(ENDPOINTS.startOidc, async ({ body }) => ({ authorizationUrl: await oidc.start(body) }));
  on(ENDPOINTS.finishOidc, ({ body }) => oidc.finish(body.callbackUrl, body.proof));

  on(ENDPOINTS.claimPairing, ({ body }) => claimPairing(context, body.code, body.installation));
  on(ENDPOINTS.finishPairing, ({ body }) => finishPairing(context, body.pairingId, body.claim));
}
