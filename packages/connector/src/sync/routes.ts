import { ENDPOINTS } from '@unisono/contract';
import { change } from '../change.ts';
import { onlyOnce } from '../http/idempotency.ts';
import { Answer } from '../http/routes.ts';
import type { Site } from '../site.ts';
import { listConnections, takeConnections } from './connections.ts';
import { listStations, takeStations } from './stations.ts';
import { usersPage, usersTag } from './users-page.ts';

/** What an Assistant asks and uploads. */
export function syncRoutes({ context, on }: Site): void {
  on(ENDPOINTS.syncUsers, async ({ query, headers, caller: { tenantId, system } }) => {
    const etag = await usersTag(context.store, tenantId);
    const isBeginning = query.cursor === undefined && query.since === undefined;
    if (isBeginning && isTagIn(headers['if-none-match'], etag)) return new Answer<never>(undefined, { etag }, 304);
    const page = await usersPage(context.store, { ...query, tenantId, system });
    return new Answer(page, isBeginning ? { etag } : {});
  });

  on(ENDPOINTS.uploadConnections, async ({ body, headers, caller: { tenantId, keyId, system } }) => {
    const request = { tenantId, caller: keyId, key: headers['idempotency-key'], content: body };
    const outcomes = await change(context, (one) =>
      onlyOnce(one, request, () => takeConnections(one, { tenantId, system }, body.items)),
    );
    return { outcomes };
  });

  on(
    ENDPOINTS.listConnections,
    async ({ query, caller: { tenantId, system } }) =>
      await listConnections(context.store, { tenantId, system }, query),
  );

  on(ENDPOINTS.uploadStations, ({ body, caller: { tenantId, system } }) =>
    change(context, (one) => takeStations(one, { tenantId, system }, body.items)),
  );

  on(ENDPOINTS.listStations, ({ query, caller: { tenantId, system } }) =>
    listStations(context.store, { tenantId, system }, query),
  );
}

/** RFC 9110 §13.1.2, with the weak comparison that it asks for. */
function isTagIn(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag) ?? false;
}
