import { change } from '../change.ts';
import { type Context, SEC_MS } from '../context.ts';
import type { SessionCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';
import { userRow } from '../people/directory.ts';
import { newId } from '../secrets/secrets.ts';
import { bareCode, newTypedCode } from '../secrets/typed-code.ts';
import { type Installation, openSession } from './sessions.ts';
import { giveTicket, lookAtTicket, takeTicket } from './tickets.ts';

type State = 'waiting' | 'claimed' | 'approved' | 'refused';

/** What is known of a pairing; kept with the ticket of its code until it is over. */
interface Pairing {
  readonly pairingId: string;
  readonly state: State;
  readonly installation?: Installation;
}

/** A QR code by which another device of this person signs in. */
export async function startPairing(context: Context, { tenantId, userId }: SessionCaller) {
  const pairingId = newId(context.random, 'p');
  const lifeMs = context.policy.pairingSec * SEC_MS;
  const data: Pairing = { pairingId, state: 'waiting' };
  // 59 bits for two minutes, and whoever knows it still has to be let in: short enough to be typed.
  const code = newTypedCode(context.random, 3, 4);
  const { expiresAtMs } = await change(context, (one) =>
    giveTicket(one, { tenantId, userId, purpose: 'pairingCode', lifeMs, data, secret: bareCode(code) }),
  );
  return { pairingId, code, uri: `${context.phoneUrl}/pair#${code}`, expiresAtMs };
}

/** The pairing as its person sees it. Throws `notFound`. */
export async function pairingState(context: Context, caller: SessionCaller, pairingId: string) {
  const found = await findPairing(context, caller.tenantId, pairingId, caller.userId);
  if (found === undefined) throw new ProblemError('notFound', 'There is no such pairing.');
  return viewOf(context, found);
}

/** A new device sends the code that it has read or that was typed: it counts once. Throws `expired`. */
export async function claimPairing(context: Context, code: string, installation: Installation) {
  return change(context, async (one) => {
    // The code is used up, and stands again under a claim that only this device knows.
    const ticket = await takeTicket<Pairing>(one, ['pairingCode'], bareCode(code));
    if (ticket?.userId === undefined || ticket.data.state !== 'waiting') throw new ProblemError('expired');
    const { tenantId, userId, data } = ticket;
    const lifeMs = ticket.expiresAtMs - one.nowMs;
    const claimed: Pairing = { pairingId: data.pairingId, state: 'claimed', installation };
    const claim = await giveTicket(one, { tenantId, userId, purpose: 'pairingClaim', lifeMs, data: claimed });
    await one.event(tenantId, userId, { kind: 'pairing', pairingId: data.pairingId });
    return { pairingId: data.pairingId, claim: claim.secret, expiresAtMs: claim.expiresAtMs };
  });
}

/** The signed-in device lets the new one in, or not. Throws `notFound`, `conflict` before the code was read or after it was decided. */
export async function decidePairing(context: Context, caller: SessionCaller, pairingId: string, approve: boolean) {
  const found = await findPairing(context, caller.tenantId, pairingId, caller.userId);
  if (found === undefined) throw new ProblemError('notFound', 'There is no such pairing.');
  if (found.data.state !== 'claimed')
    throw new ProblemError('conflict', 'There is nothing to decide: no device waits.');
  const data: Pairing = { ...found.data, state: approve ? 'approved' : 'refused' };
  const decided = await context.store
    .updateTable('tickets')
    .set({ data: JSON.stringify(data) })
    .where('tenant_id', '=', caller.tenantId)
    .where('hash', '=', found.hash)
    .where('data', '=', JSON.stringify(found.data))
    .returning('hash')
    .executeTakeFirst();
  if (decided === undefined) throw new ProblemError('conflict');
  return viewOf(context, { ...found, data });
}

/** The new device asks; once approved it gets its session, one time. Throws `expired`, `accountDisabled`. */
export async function finishPairing(context: Context, pairingId: string, claim: string) {
  const ticket = await lookAtTicket<Pairing>(context, context.store, ['pairingClaim'], claim);
  if (ticket === undefined || ticket.data.pairingId !== pairingId) throw new ProblemError('expired');
  if (ticket.data.state !== 'approved') return { state: ticket.data.state };
  const session = await change(context, async (one) => {
    const taken = await takeTicket<Pairing>(one, ['pairingClaim'], claim);
    if (taken?.userId === undefined || taken.data.installation === undefined) throw new ProblemError('expired');
    const user = await userRow(one.writing, taken.tenantId, taken.userId);
    return openSession(one, user, taken.data.installation, 'pairing');
  });
  return { state: 'finished' as const, session };
}

interface Found {
  readonly hash: string;
  readonly data: Pairing;
  readonly expiresAtMs: number;
}

async function findPairing(
  context: Context,
  tenantId: string,
  pairingId: string,
  userId: string,
): Promise<Found | undefined> {
  const rows = await context.store
    .selectFrom('tickets')
    .select(['hash', 'data', 'expires_at_ms'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('purpose', 'in', ['pairingCode', 'pairingClaim'])
    .execute();
  return rows
    .map((row) => ({ hash: row.hash, data: JSON.parse(row.data) as Pairing, expiresAtMs: row.expires_at_ms }))
    .find(({ data }) => data.pairingId === pairingId);
}

function viewOf(context: Context, { data, expiresAtMs }: Found) {
  const { pairingId, installation } = data;
  const isExpired = expiresAtMs <= context.clock.nowMs();
  return {
    pairingId,
    state: isExpired ? ('expired' as const) : data.state,
    expiresAtMs,
    ...(installation === undefined
      ? {}
      : { installation: { name: installation.name, platform: installation.platform } }),
  };
}
