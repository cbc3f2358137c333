import { change } from '../change.ts';
import type { Context } from '../context.ts';
import { hashPassword, isPassword } from '../secrets/password.ts';
import { setPassword } from '../sign-in/password.ts';
import { addUser, userByEmail } from './directory.ts';

export interface SeedPerson {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly phone: boolean;
  readonly role?: 'user' | 'admin';
  /** Absent: there is none until an invitation is accepted. */
  readonly password?: string;
}

/** Whether somebody of a tenant signs in with this password; for the operator. */
export async function signsInWith(
  { store }: Context,
  tenantId: string,
  email: string,
  password: string,
): Promise<boolean> {
  const user = await userByEmail(store, tenantId, email);
  return user !== undefined && user.status !== 'disabled' && isPassword(password, user.password);
}

/** Puts people into the directory without inviting them; for the operator. Throws `emailTaken`. */
export async function seedPeople(
  context: Context,
  tenantId: string,
  actor: string,
  people: readonly SeedPerson[],
): Promise<void> {
  for (const { password, ...person } of people) {
    const hash = password === undefined ? undefined : await hashPassword(password, context.random);
    await change(context, async (one) => {
      const user = await addUser(one, { tenantId, actor }, { role: 'user', ...person });
      if (hash !== undefined) await setPassword(one.writing, user, hash);
    });
  }
}
