import { ENDPOINTS, type PushSubscription } from '@unisono/contract';
import type { Context } from '../context.ts';
import type { SessionCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { Site } from '../site.ts';

export function subscriptionPlace(tenantId: string, installationId: string): string {
  return `push ${tenantId} ${installationId}`;
}

/** Where installations are woken. */
export function pushRoutes({ context, on }: Site, publicKey: string | undefined): void {
  on(ENDPOINTS.pushKey, async () => {
    if (publicKey === undefined) throw new ProblemError('notFound', 'Push is not set up at this service.');
    return { publicKey };
  });
  on(ENDPOINTS.subscribePush, ({ body, caller }) => keep(context, caller, body));
  on(ENDPOINTS.unsubscribePush, ({ caller }) => keep(context, caller, undefined));
}

async function keep(
  context: Context,
  { tenantId, installationId }: SessionCaller,
  subscription: PushSubscription | undefined,
): Promise<void> {
  const push_sealed =
    subscription === undefined
      ? null
      : context.seal.close(JSON.stringify(subscription), subscriptionPlace(tenantId, installationId));
  const row = context.store.updateTable('installations').set({ push_sealed }).where('tenant_id', '=', tenantId);
  await row.where('id', '=', installationId).execute();
}
