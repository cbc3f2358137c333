import { ENDPOINTS } from '@unisono/contract';
import { change } from '../change.ts';
import type { SessionCaller } from '../http/caller.ts';
import { onlyOnce } from '../http/idempotency.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { LinkHub } from '../link/hub.ts';
import { linkStateOf } from '../link/presence.ts';
import { userRow } from '../people/directory.ts';
import type { Site } from '../site.ts';
import { systemOf } from '../sync/connections.ts';
import { changeView, setNotifications, settingsView, wish, wishById } from './settings.ts';

/** Settings of a signed-in person: the phone system decides, this side keeps wishes and shows them. */
export function settingsRoutes({ context, on }: Site, hub: LinkHub): void {
  const { store } = context;

  on(ENDPOINTS.settings, async ({ caller }) => {
    await refuseWithoutPhone(caller);
    return settingsView(context, caller);
  });

  on(ENDPOINTS.changeSettings, async ({ body, headers, caller }) => {
    await refuseWithoutPhone(caller);
    const key = headers['idempotency-key'];
    const row = await change(context, (one) => {
      if (key === undefined) return wish(one, caller, body);
      const request = { tenantId: caller.tenantId, caller: caller.userId, key, content: body };
      return onlyOnce(one, request, () => wish(one, caller, body));
    });
    const link = await linkStateOf(context, caller.tenantId, row.system);
    return changeView(row, link.isOnline);
  });

  on(ENDPOINTS.settingsChange, async ({ params, caller }) => {
    const row = await wishById(store, caller, params.changeId);
    return changeView(row, (await linkStateOf(context, caller.tenantId, row.system)).isOnline);
  });

  on(ENDPOINTS.previewSettings, async ({ body, caller: { tenantId, userId, ...caller } }) => {
    await refuseWithoutPhone({ tenantId, userId, ...caller });
    const system = await systemOf(store, tenantId, userId);
    if (system === undefined) throw new ProblemError('noConnectionData');
    const answer = await hub.ask({ tenantId, system }, { kind: 'preview', userId, patch: body });
    if (answer.kind !== 'preview')
      throw new ProblemError('upstream', 'The phone system gave an answer that cannot be read.');
    return answer.preview;
  });

  on(ENDPOINTS.changeNotifications, async ({ body, caller }) => {
    await change(context, (one) => setNotifications(one, caller, body));
    return body;
  });

  async function refuseWithoutPhone({ tenantId, userId }: SessionCaller): Promise<void> {
    if ((await userRow(store, tenantId, userId)).phone !== 1) throw new ProblemError('phoneOff');
  }
}
