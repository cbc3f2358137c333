import type { InvitationSent, Session } from '@unisono/contract';
import { change } from '../change.ts';
import { type Context, DAY_MS, MIN_MS } from '../context.ts';
import { ProblemError } from '../http/problem-error.ts';
import { displayName, type UserRow, userByEmail, userRow } from '../people/directory.ts';
import type { Mail } from '../ports.ts';
import { type TenantRow, tenantById, tenantBySlug } from '../tenants/tenants.ts';
import { countAttempt } from './attempts.ts';
import { invitationMail, passwordMail } from './mail-texts.ts';
import { newPasswordHash, setPassword } from './password.ts';
import { endSessions, type Installation, openSession } from './sessions.ts';
import { endTickets, giveTicket, lookAtTicket, type TicketPurpose, takeTicket } from './tickets.ts';

const PURPOSES: readonly TicketPurpose[] = ['invitation', 'passwordReset'];

/**
 * Invites a person by e-mail (again): earlier links end. Throws `accountDisabled`, and `upstream` when the mail could not be handed
 * over; the person is there either way.
 */
export async function invite(
  context: Context,
  tenantId: string,
  userId: string,
  actor: string,
): Promise<InvitationSent> {
  const { user, tenant, secret, sentAtMs, expiresAtMs } = await change(context, async (one) => {
    const row = await userRow(one.writing, tenantId, userId);
    if (row.status === 'disabled') throw new ProblemError('accountDisabled');
    await endTickets(one, tenantId, userId, ['invitation']);
    const lifeMs = context.policy.invitationDays * DAY_MS;
    const ticket = await giveTicket(one, { tenantId, userId, purpose: 'invitation', lifeMs, data: {} });
    one.audit({ tenantId, actor, action: 'person invited', subject: `${row.email} (${userId})` });
    return { user: row, tenant: await tenantById(one.writing, tenantId), sentAtMs: one.nowMs, ...ticket };
  });
  const link = `${context.phoneUrl}/welcome#${secret}`;
  const at = { url: context.phoneUrl, tenantName: tenant.name, tenant: tenant.slug };
  const file = await post(context, invitationMail(user, at, link, context.policy.invitationDays));
  // A mail that nobody carries is handed over by whoever has invited.
  return { sentAtMs, expiresAtMs, ...(file === undefined ? {} : { file, link }) };
}

/** Sends a link for a new password, if somebody has the address; nobody learns whether. */
export async function sendPasswordLink(context: Context, slug: string, email: string): Promise<void> {
  const tenant = await tenantBySlug(context.store, slug);
  await countAttempt(context, tenant?.id ?? 'nobody', `forgotten ${email.toLowerCase()}`);
  const user = tenant === undefined ? undefined : await userByEmail(context.store, tenant.id, email);
  if (tenant === undefined || user === undefined || user.status === 'disabled' || tenant.password_sign_in !== 1) return;
  // Not waited for: how long it takes must not tell that there is somebody.
  void sendReset(context, tenant, user).catch((err: unknown) => context.log.warn({ err }, 'a mail was not sent'));
}

/**
 * Sends a person the link for a new password because an administrator has asked for it. Throws `accountDisabled`; `conflict` where there is no
 * password to be set; `upstream` when the mail could not be handed over.
 */
export async function resetPassword(
  context: Context,
  tenantId: string,
  userId: string,
  actor: string,
): Promise<InvitationSent> {
  const user = await userRow(context.store, tenantId, userId);
  const tenant = await tenantById(context.store, tenantId);
  if (user.status === 'disabled') throw new ProblemError('accountDisabled');
  if (tenant.password_sign_in !== 1)
    throw new ProblemError('conflict', 'People of this tenant do not sign in with a password here.', {
      action: 'Reset it at the identity provider.',
    });
  if (user.status === 'invited' && user.password === null)
    throw new ProblemError('conflict', 'The person has not signed in yet and has no password.', {
      action: 'Send the invitation again.',
    });
  return sendReset(context, tenant, user, actor);
}

async function sendReset(context: Context, tenant: TenantRow, user: UserRow, actor?: string): Promise<InvitationSent> {
  const { passwordResetMin } = context.policy;
  const { id: tenantId } = tenant;
  const { secret, sentAtMs, expiresAtMs } = await change(context, async (one) => {
    await endTickets(one, tenantId, user.id, ['passwordReset']);
    const lifeMs = passwordResetMin * MIN_MS;
    const ticket = await giveTicket(one, { tenantId, userId: user.id, purpose: 'passwordReset', lifeMs, data: {} });
    if (actor !== undefined)
      one.audit({ tenantId, actor, action: 'password reset sent', subject: `${user.email} (${user.id})` });
    return { sentAtMs: one.nowMs, ...ticket };
  });
  const link = `${context.phoneUrl}/password#${secret}`;
  const file = await post(context, passwordMail(user, tenant.name, link, passwordResetMin));
  return { sentAtMs, expiresAtMs, ...(file === undefined ? {} : { file, link }) };
}

/** What a mailed link is for. Throws `expired`. */
export async function lookAtMailed(context: Context, token: string) {
  const ticket = await lookAtTicket(context, context.store, PURPOSES, token);
  if (ticket?.userId === undefined) throw new ProblemError('expired');
  const user = await userRow(context.store, ticket.tenantId, ticket.userId);
  const tenant = await tenantById(context.store, ticket.tenantId);
  return {
    purpose: ticket.purpose,
    tenant: tenant.slug,
    tenantName: tenant.name,
    email: user.email,
    name: displayName(user),
    expiresAtMs: ticket.expiresAtMs,
  };
}

/**
 * Sets a password by a mailed link and signs in; all sessions before it end. Throws `expired`, `wrongPassword`, `accountDisabled`.
 * A second factor stays: who has lost it asks an administrator.
 */
export async function setPasswordByMail(
  context: Context,
  asked: { readonly token: string; readonly password: string; readonly installation: Installation },
): Promise<Session> {
  const { email } = await lookAtMailed(context, asked.token);
  const hash = await newPasswordHash(context, asked.password, email);
  const session = await change(context, async (one) => {
    const ticket = await takeTicket(one, PURPOSES, asked.token);
    if (ticket?.userId === undefined) throw new ProblemError('expired');
    const { tenantId, userId } = ticket;
    const user = await userRow(one.writing, tenantId, userId);
    if (user.status === 'disabled') throw new ProblemError('accountDisabled');
    await setPassword(one.writing, user, hash);
    await endTickets(one, tenantId, userId, PURPOSES);
    if (ticket.purpose === 'passwordReset') await endSessions(one, tenantId, userId, 'passwordChanged');
    const subject = `${user.email} (${userId})`;
    one.audit({ tenantId, actor: `person ${subject}`, action: 'password set by mail', subject });
    return user.totp_confirmed === 1 ? undefined : openSession(one, user, asked.installation, 'invitation');
  });
  if (session !== undefined) return session;
  throw new ProblemError('secondFactorRequired', 'The password is set.', {
    action: 'Sign in with it and a code of your authenticator app.',
  });
}

async function post(context: Context, mail: Mail): Promise<string | undefined> {
  try {
    return await context.mailer.send(mail);
  } catch (err) {
    context.log.warn({ err }, 'a mail was not sent');
    throw new ProblemError('upstream', 'The mail could not be handed to the mail server.', {
      action: 'Check the mail server in the configuration, then send it again.',
    });
  }
}
