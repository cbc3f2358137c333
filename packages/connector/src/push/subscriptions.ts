import { ENDPOINTS, type PushSubscription } from '@unisono/contract';
import { change } from '../change.ts';
import type { Context } from '../context.ts';
import type { SessionCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { Site } from '../site.ts';
import { tellWakeable } from './wakeable.ts';

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
  { tenantId, userId, installationId }: SessionCaller,
  subscription: PushSubscription | undefined,
): Promise<void> {
  const push_sealed =
    subscription === undefined
      ? null
      : context.seal.close(JSON.stringify(subscription), subscriptionPlace(tenantId, installationId));
  await change(context, async (one) => {
    const row = one.writing.updateTable('installations').set({ push_sealed }).where('tenant_id', '=', tenantId);
    await row.where('id', '=', installationId).execute();
    await tellWakeable(one, tenantId, userId);
  });
}
