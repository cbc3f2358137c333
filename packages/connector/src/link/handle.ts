import type { PushRequest, UpBody } from '@unisono/contract';
import { writeHistory } from '../book/history.ts';
import { withName } from '../book/outside-name.ts';
import type { Change } from '../change.ts';
import { ProblemError } from '../http/problem-error.ts';
import { notePresence } from '../presence/presence.ts';
import { keepPush } from '../push/queue.ts';
import { decided, inForce } from '../settings/settings.ts';
import { noteStationState } from '../sync/stations.ts';
import type { SystemKey } from './outbox.ts';

/** Does what a phone system says of a person of its tenant, or of a number of its own. */
export async function handleUp(one: Change, from: SystemKey, body: UpBody): Promise<void> {
  const { tenantId, system } = from;
  if (body.kind === 'stationState') return noteStationState(one, from, body.stationId, body.presence);
  const { userId } = body;
  switch (body.kind) {
    case 'settingsResult':
      if (body.inForce !== undefined && body.inForce.userId !== userId)
        throw new ProblemError('invalidRequest', 'A result speaks of two people.');
      return decided(one, tenantId, system, body);
    case 'settingsState': {
      const { kind: _, ...state } = body;
      if (await inForce(one, tenantId, system, state)) await one.event(tenantId, userId, { kind: 'settings' });
      return;
    }
    case 'callEvent':
      return one.event(tenantId, userId, { kind: 'call', event: body.event });
    case 'historyEntry': {
      const entry = { ...body.entry, party: await withName(one, tenantId, userId, body.entry.party) };
      if (await writeHistory(one, tenantId, userId, entry))
        await one.event(tenantId, userId, { kind: 'history', entry });
      return;
    }
    case 'pushRequest':
      return keepPush(one, tenantId, userId, await named(one, tenantId, userId, body.push));
    case 'messageWaiting':
      return one.event(tenantId, userId, { kind: 'messageWaiting', messages: body.messages });
    case 'userState':
      await notePresence(one, tenantId, userId, body.state);
      return one.event(tenantId, userId, { kind: 'userState', state: body.state });
  }
}

async function named(one: Change, tenantId: string, userId: string, push: PushRequest): Promise<PushRequest> {
  return push.party === undefined ? push : { ...push, party: await withName(one, tenantId, userId, push.party) };
}
