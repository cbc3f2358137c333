import { ENDPOINTS } from '@unisono/contract';
import { auditPage } from '../audit/page.ts';
import { change } from '../change.ts';
import { actorOf } from '../http/caller.ts';
import type { Site } from '../site.ts';
import { createKey, listKeys, revokeKey, rotateKey } from '../tenants/tenants.ts';
import { changeTenant, tenantView } from '../tenants/view.ts';
import { deleteLdap, listLdap, putLdap } from './ldap-sources.ts';
import { deleteProvider, listProviders, putProvider } from './providers.ts';

/** Administration of one tenant by its administrators. */
export function administrationRoutes(site: Site): void {
  tenantRoutes(site);
  keyRoutes(site);
  providerRoutes(site);
  ldapRoutes(site);
}

function tenantRoutes({ context, on }: Site): void {
  on(ENDPOINTS.tenant, ({ caller }) => tenantView(context, caller.tenantId));
  on(ENDPOINTS.changeTenant, async ({ body, caller }) => {
    await changeTenant(context, caller.tenantId, actorOf(caller), body);
    return tenantView(context, caller.tenantId);
  });
  on(ENDPOINTS.audit, ({ query, caller }) => auditPage(context.store, caller.tenantId, query));
}

function keyRoutes({ context, on }: Site): void {
  on(ENDPOINTS.listKeys, async ({ caller }) => ({ keys: await listKeys(context.store, caller.tenantId) }));
  on(ENDPOINTS.createKey, ({ body, caller }) => createKey(context, caller.tenantId, actorOf(caller), body));
  on(ENDPOINTS.rotateKey, ({ params: { keyId }, body: { overlapSec }, caller }) =>
    rotateKey(context, { tenantId: caller.tenantId, keyId, actor: actorOf(caller), overlapSec }),
  );
  on(ENDPOINTS.revokeKey, ({ params, caller }) => revokeKey(context, caller.tenantId, params.keyId, actorOf(caller)));
}

function providerRoutes({ context, on }: Site): void {
  on(ENDPOINTS.listProviders, async ({ caller }) => ({
    providers: await listProviders(context.store, caller.tenantId),
  }));
  on(ENDPOINTS.putProvider, ({ params, body, caller }) =>
    change(context, (one) => putProvider(one, caller.tenantId, actorOf(caller), { ...body, id: params.providerId })),
  );
  on(ENDPOINTS.deleteProvider, ({ params, caller }) =>
    change(context, (one) => deleteProvider(one, caller.tenantId, actorOf(caller), params.providerId)),
  );
}

function ldapRoutes({ context, on }: Site): void {
  on(ENDPOINTS.listLdap, async ({ caller }) => ({ sources: await listLdap(context.store, caller.tenantId) }));
  on(ENDPOINTS.putLdap, ({ params, body, caller }) =>
    change(context, (one) => putLdap(one, caller.tenantId, actorOf(caller), { ...body, id: params.sourceId })),
  );
  on(ENDPOINTS.deleteLdap, ({ params, caller }) =>
    change(context, (one) => deleteLdap(one, caller.tenantId, actorOf(caller), params.sourceId)),
  );
}
