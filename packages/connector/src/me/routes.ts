import { ENDPOINTS, type Language } from '@unisono/contract';
import { change } from '../change.ts';
import type { Context } from '../context.ts';
import type { SessionCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';
import { changeUser, displayName, userRow } from '../people/directory.ts';
import { sharePresence, sharesPresence } from '../presence/presence.ts';
import { countAttempt, forgetAttempts } from '../sign-in/attempts.ts';
import { decidePairing, pairingState, startPairing } from '../sign-in/pairing.ts';
import { changeOwnPassword } from '../sign-in/password.ts';
import { addSession, endInstallation } from '../sign-in/sessions.ts';
import { checkSecondFactor, confirmTotp, removeTotp, startTotp } from '../sign-in/totp.ts';
import type { Site } from '../site.ts';
import { tenantById } from '../tenants/tenants.ts';
import { clientConnectionOf } from './connection.ts';
import { listDevices, oneDevice, renameDevice } from './devices.ts';

/** What a signed-in person asks about themselves. */
export function meRoutes(site: Site): void {
  sessionRoutes(site);
  profileRoutes(site);
  totpRoutes(site);
  deviceRoutes(site);
  site.on(ENDPOINTS.connection, async ({ caller }) => await clientConnectionOf(site.context, caller));
}

function sessionRoutes({ context, on }: Site): void {
  on(ENDPOINTS.session, async ({ caller }) => {
    const { tenantId, userId, installationId, method, createdAtMs, expiresAtMs } = caller;
    const { slug: tenant } = await tenantById(context.store, tenantId);
    return { userId, tenant, installationId, method, createdAtMs, expiresAtMs };
  });

  on(ENDPOINTS.renewSession, async ({ caller }) => {
    const session = await change(context, async (one) => ({
      ...(await addSession(one, caller)),
      tenant: (await tenantById(one.writing, caller.tenantId)).slug,
    }));
    return session;
  });

  on(ENDPOINTS.signOut, async ({ caller }) => {
    await change(context, (one) => endInstallation(one, caller));
  });
}

function profileRoutes({ context, on }: Site): void {
  on(ENDPOINTS.me, async ({ caller }) => await meView(context, caller));

  on(ENDPOINTS.changeMe, async ({ body, caller }) => {
    const actor = `person ${caller.email} (${caller.userId})`;
    const { sharesPresence: isShared, ...patch } = body;
    await change(context, async (one) => {
      if (isShared !== undefined) await sharePresence(one, caller, isShared);
      await changeUser(one, { tenantId: caller.tenantId, actor }, caller.userId, patch);
    });
    return await meView(context, caller);
  });

  on(ENDPOINTS.changePassword, async ({ body, caller }) => {
    await changeOwnPassword(context, caller, body);
  });
}

async function meView(context: Context, { tenantId, userId, isFactorDue }: SessionCaller) {
  const user = await userRow(context.store, tenantId, userId);
  const tenant = await tenantById(context.store, tenantId);
  return {
    userId,
    tenant: tenant.slug,
    tenantName: tenant.name,
    email: user.email,
    firstName: user.first_name,
    lastName: user.last_name,
    displayName: displayName(user),
    ...(user.language === null ? {} : { language: user.language as Language }),
    role: user.role as 'user' | 'admin',
    phone: user.phone === 1,
    hasPassword: user.password !== null,
    hasTotp: user.totp_confirmed === 1,
    isFactorDue,
    sharesPresence: await sharesPresence(context.store, tenantId, userId),
  };
}

function totpRoutes({ context, on }: Site): void {
  on(ENDPOINTS.startTotp, async ({ caller: { tenantId, userId } }) => {
    const tenant = await tenantById(context.store, tenantId);
    const started = await change(context, async (one) =>
      startTotp(one, await userRow(one.writing, tenantId, userId), tenant.name),
    );
    return started;
  });

  on(ENDPOINTS.confirmTotp, async ({ body, caller: { tenantId, userId } }) => {
    await countAttempt(context, tenantId, `totp ${userId}`);
    const confirmed = await change(context, async (one) =>
      confirmTotp(one, await userRow(one.writing, tenantId, userId), body.totp),
    );
    await forgetAttempts(context, tenantId, `totp ${userId}`);
    return confirmed;
  });

  on(ENDPOINTS.removeTotp, async ({ body, caller: { tenantId, userId } }) => {
    await countAttempt(context, tenantId, `totp ${userId}`);
    await change(context, async (one) => {
      const user = await userRow(one.writing, tenantId, userId);
      const { require_totp } = await tenantById(one.writing, tenantId);
      if (require_totp === 1) throw new ProblemError('notAllowed', 'This tenant wants a second factor of everybody.');
      await checkSecondFactor(one, user, body.totp);
      await removeTotp(one, user);
    });
    await forgetAttempts(context, tenantId, `totp ${userId}`);
  });
}

function deviceRoutes({ context, on }: Site): void {
  on(ENDPOINTS.devices, async ({ caller }) => ({ devices: await listDevices(context.store, caller) }));

  on(ENDPOINTS.renameDevice, async ({ params, body, caller }) => {
    await change(context, (one) => renameDevice(one, caller, params.installationId, body.name));
    return await oneDevice(context.store, caller, params.installationId);
  });

  on(ENDPOINTS.revokeDevice, async ({ params, caller: { tenantId, userId } }) => {
    const at = { tenantId, userId, installationId: params.installationId };
    await change(context, async (one) => {
      if (!(await endInstallation(one, at))) throw new ProblemError('notFound', 'There is no such device.');
      await one.event(tenantId, userId, { kind: 'devices' });
    });
  });

  on(ENDPOINTS.startPairing, ({ caller }) => startPairing(context, caller));
  on(ENDPOINTS.pairing, ({ params, caller }) => pairingState(context, caller, params.pairingId));
  on(ENDPOINTS.decidePairing, ({ params, body, caller }) =>
    decidePairing(context, caller, params.pairingId, body.approve),
  );
}
