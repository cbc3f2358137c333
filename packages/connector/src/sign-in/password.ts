import { emailKey, type Session } from '@unisono/contract';
import { change } from '../change.ts';
import type { Context } from '../context.ts';
import { ProblemError } from '../http/problem-error.ts';
import { type UserRow, userByEmail, userRow } from '../people/directory.ts';
import { hashPassword, isPassword, passwordProblem } from '../secrets/password.ts';
import { tenantBySlug } from '../tenants/tenants.ts';
import { countAttempt, forgetAttempts } from './attempts.ts';
import { endSessions, type Installation, openSession } from './sessions.ts';
import { checkSecondFactor } from './totp.ts';

export interface PasswordSignIn {
  readonly tenant: string;
  readonly email: string;
  readonly password: string;
  readonly totp?: string | undefined;
  readonly installation: Installation;
}

/**
 * Signs in by password. Throws `wrongCredentials` for everything that an attacker must not tell apart (no such tenant, person or
 * password), `secondFactorRequired`, `wrongSecondFactor`, `accountDisabled`, `tooManyRequests`.
 */
export async function signInWithPassword(context: Context, asked: PasswordSignIn): Promise<Session> {
  const tenant = await tenantBySlug(context.store, asked.tenant);
  const tenantId = tenant?.id ?? 'nobody';
  const subject = `sign-in ${emailKey(asked.email)}`;
  await countAttempt(context, tenantId, subject);
  const user = tenant === undefined ? undefined : await userByEmail(context.store, tenantId, asked.email);
  const isRight = await isPassword(asked.password, user?.password ?? null);
  if (user === undefined || tenant === undefined || !isRight) throw new ProblemError('wrongCredentials');
  if (tenant.password_sign_in !== 1)
    throw new ProblemError('notAllowed', 'This tenant does not sign in by password.', {
      action: 'Sign in with the provider of your company.',
    });
  const session = await change(context, async (one) => {
    const fresh = await userRow(one.writing, tenantId, user.id);
    if (fresh.status === 'disabled') throw new ProblemError('accountDisabled');
    await checkSecondFactor(one, fresh, asked.totp);
    return openSession(one, fresh, asked.installation, 'password');
  });
  await forgetAttempts(context, tenantId, subject);
  return session;
}

/** A hash of a new password that fits the rules. Throws `wrongPassword` with what is wrong. */
export async function newPasswordHash(context: Context, password: string, email: string): Promise<string> {
  const problem = passwordProblem(password, email);
  if (problem !== undefined) throw new ProblemError('wrongPassword', problem);
  return hashPassword(password, context.random);
}

export interface PasswordChange {
  readonly current?: string | undefined;
  readonly next: string;
  readonly totp?: string | undefined;
}

/** Changes the own password; all other sessions end. Throws `wrongCredentials`, `wrongPassword` and those of the second factor. */
export async function changeOwnPassword(
  context: Context,
  at: { readonly tenantId: string; readonly userId: string; readonly installationId: string },
  asked: PasswordChange,
): Promise<void> {
  const user = await userRow(context.store, at.tenantId, at.userId);
  const subject = `password ${at.userId}`;
  await countAttempt(context, at.tenantId, subject);
  if (user.password !== null && !(await isPassword(asked.current ?? '', user.password)))
    throw new ProblemError('wrongCredentials', 'The current password is not right.');
  const password = await newPasswordHash(context, asked.next, user.email);
  await change(context, async (one) => {
    await checkSecondFactor(one, await userRow(one.writing, at.tenantId, at.userId), asked.totp);
    await setPassword(one.writing, user, password);
    one.audit({
      tenantId: at.tenantId,
      actor: `person ${user.email} (${user.id})`,
      action: 'password changed',
      subject: `${user.email} (${user.id})`,
    });
    await endSessions(one, at.tenantId, at.userId, 'passwordChanged', at.installationId);
  });
  await forgetAttempts(context, at.tenantId, subject);
}

export async function setPassword(
  writing: Parameters<typeof userRow>[0],
  user: Pick<UserRow, 'tenant_id' | 'id'>,
  password: string,
): Promise<void> {
  const row = writing.updateTable('users').set({ password }).where('tenant_id', '=', user.tenant_id);
  await row.where('id', '=', user.id).execute();
}
