import type { Change } from '../change.ts';
import type { Context } from '../context.ts';
import type { Reader } from '../database/tables.ts';
import { newToken, tokenHash } from '../secrets/secrets.ts';

/** What a secret that somebody was given for a while is for. */
export type TicketPurpose = 'invitation' | 'passwordReset' | 'pairingCode' | 'pairingClaim' | 'oidc' | 'events';

export interface Ticket<Data> {
  readonly tenantId: string;
  readonly userId: string | undefined;
  readonly data: Data;
  readonly expiresAtMs: number;
}

export interface NewTicket {
  readonly tenantId: string;
  readonly userId?: string;
  readonly purpose: TicketPurpose;
  readonly lifeMs: number;
  readonly data: unknown;
  /** One that people type; without it a long one is made. */
  readonly secret?: string;
}

/** Gives out a secret. Only its hash is kept. */
export async function giveTicket(one: Change, ticket: NewTicket): Promise<{ secret: string; expiresAtMs: number }> {
  const secret = ticket.secret ?? newToken(one.context.random, 'ut');
  const expiresAtMs = one.nowMs + ticket.lifeMs;
  await one.writing
    .insertInto('tickets')
    .values({
      tenant_id: ticket.tenantId,
      hash: tokenHash(secret),
      purpose: ticket.purpose,
      user_id: ticket.userId ?? null,
      data: JSON.stringify(ticket.data),
      created_at_ms: one.nowMs,
      expires_at_ms: expiresAtMs,
    })
    .execute();
  return { secret, expiresAtMs };
}

/** What a secret stands for; undefined when it is none, used up or too old. */
export async function lookAtTicket<Data>(
  context: Context,
  reader: Reader,
  purposes: readonly TicketPurpose[],
  secret: string,
): Promise<(Ticket<Data> & { readonly purpose: TicketPurpose }) | undefined> {
  const row = await reader
    .selectFrom('tickets')
    .selectAll()
    .where('hash', '=', tokenHash(secret))
    .where('purpose', 'in', purposes)
    .where('expires_at_ms', '>', context.clock.nowMs())
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    tenantId: row.tenant_id,
    userId: row.user_id ?? undefined,
    data: JSON.parse(row.data) as Data,
    expiresAtMs: row.expires_at_ms,
    purpose: row.purpose as TicketPurpose,
  };
}

/** The same, and uses it up: of two who come at once one has it. */
export async function takeTicket<Data>(
  one: Change,
  purposes: readonly TicketPurpose[],
  secret: string,
): Promise<(Ticket<Data> & { readonly purpose: TicketPurpose }) | undefined> {
  const found = await lookAtTicket<Data>(one.context, one.writing, purposes, secret);
  if (found === undefined) return undefined;
  const taken = one.writing.deleteFrom('tickets').where('hash', '=', tokenHash(secret)).returning('hash');
  return (await taken.executeTakeFirst()) === undefined ? undefined : found;
}

/** Ends what a person was given for a purpose. */
export async function endTickets(
  one: Change,
  tenantId: string,
  userId: string,
  purposes: readonly TicketPurpose[],
): Promise<void> {
  await one.writing
    .deleteFrom('tickets')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('purpose', 'in', purposes)
    .execute();
}
