import { createHash } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Change } from '../change.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { UserRow } from '../people/directory.ts';
import { bareCode, newTypedCode } from '../secrets/typed-code.ts';

const STEP_SEC = 30;
/** Steps by which the clock of the app may be off. */
const WINDOW = 1;
const SECRET_OCTETS = 20;
const RECOVERY_CODES = 10;

/** Begins a second factor; it counts when `confirmTotp` has seen a code of it. Throws `conflict` when one is in force. */
export async function startTotp(one: Change, user: UserRow, issuer: string) {
  if (user.totp_confirmed === 1) throw new ProblemError('conflict', 'A second factor is in force. Remove it first.');
  const secret = new Secret({ buffer: new Uint8Array(one.context.random.octets(SECRET_OCTETS)).buffer });
  await update(one, user, { totp_sealed: one.context.seal.close(secret.base32, place(user)), totp_step: 0 });
  const totp = new TOTP({ issuer, label: user.email, secret, period: STEP_SEC });
  return { secret: secret.base32, uri: totp.toString() };
}

/** Switches it on with a first code, and gives the recovery codes. Throws `wrongSecondFactor`, `conflict`. */
export async function confirmTotp(one: Change, user: UserRow, code: string) {
  if (user.totp_sealed === null || user.totp_confirmed === 1)
    throw new ProblemError('conflict', 'There is no second factor that waits for its first code.');
  const step = stepOf(one, user, code);
  if (step === undefined) throw new ProblemError('wrongSecondFactor');
  const codes = Array.from({ length: RECOVERY_CODES }, () => newTypedCode(one.context.random, 2, 5));
  const recovery_codes = JSON.stringify(codes.map(codeHash));
  await update(one, user, { totp_confirmed: 1, totp_step: step, recovery_codes });
  one.audit({
    tenantId: user.tenant_id,
    actor: `person ${user.email} (${user.id})`,
    action: 'second factor on',
    subject: user.id,
  });
  return { recoveryCodes: codes };
}

/**
 * Takes a code of the app, or a recovery code, once. Throws `secondFactorRequired` without one and `wrongSecondFactor`. Does
 * nothing for who has none.
 */
export async function checkSecondFactor(one: Change, user: UserRow, code: string | undefined): Promise<void> {
  if (user.totp_confirmed !== 1) return;
  if (code === undefined) throw new ProblemError('secondFactorRequired');
  const step = stepOf(one, user, code);
  if (step !== undefined) return useOnce(one, user, step);
  const codes = JSON.parse(user.recovery_codes) as string[];
  const left = codes.filter((hash) => hash !== codeHash(code));
  if (left.length === codes.length) throw new ProblemError('wrongSecondFactor');
  const used = await one.writing
    .updateTable('users')
    .set({ recovery_codes: JSON.stringify(left) })
    .where('tenant_id', '=', user.tenant_id)
    .where('id', '=', user.id)
    .where('recovery_codes', '=', user.recovery_codes)
    .returning('id')
    .executeTakeFirst();
  if (used === undefined) throw new ProblemError('wrongSecondFactor', 'Another code was used at the same time.');
}

/** Switches it off; `actor` is who does that, when it is not the person. */
export async function removeTotp(
  one: Change,
  user: UserRow,
  actor = `person ${user.email} (${user.id})`,
): Promise<void> {
  await update(one, user, { totp_confirmed: 0, totp_sealed: null, totp_step: 0, recovery_codes: '[]' });
  one.audit({
    tenantId: user.tenant_id,
    actor,
    action: 'second factor off',
    subject: user.id,
  });
}

/** RFC 6238 §5.2: a code must not be accepted twice; two requests at once must not both have it. */
async function useOnce(one: Change, user: UserRow, step: number): Promise<void> {
  const used = await one.writing
    .updateTable('users')
    .set({ totp_step: step })
    .where('tenant_id', '=', user.tenant_id)
    .where('id', '=', user.id)
    .where('totp_step', '<', step)
    .returning('id')
    .executeTakeFirst();
  if (used === undefined) throw new ProblemError('wrongSecondFactor', 'This code was used already.');
}

/** The time step a code belongs to; undefined when it is none of now, or was used. */
function stepOf(one: Change, user: UserRow, code: string): number | undefined {
  if (user.totp_sealed === null || !/^\d{6}$/.test(code.replaceAll(' ', ''))) return undefined;
  const secret = Secret.fromBase32(one.context.seal.open(user.totp_sealed, place(user)));
  const delta = new TOTP({ secret, period: STEP_SEC }).validate({
    token: code.replaceAll(' ', ''),
    timestamp: one.nowMs,
    window: WINDOW,
  });
  if (delta === null) return undefined;
  const step = Math.floor(one.nowMs / 1000 / STEP_SEC) + delta;
  return step > user.totp_step ? step : undefined;
}

async function update(one: Change, user: UserRow, values: Partial<UserRow>): Promise<void> {
  const row = one.writing.updateTable('users').set(values).where('tenant_id', '=', user.tenant_id);
  await row.where('id', '=', user.id).execute();
}

function codeHash(code: string): string {
  return createHash('sha256').update(bareCode(code)).digest('hex');
}

function place(user: UserRow): string {
  return `totp ${user.tenant_id} ${user.id}`;
}
