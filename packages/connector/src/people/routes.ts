import { ENDPOINTS } from '@unisono/contract';
import { importContacts, listContacts } from '../book/contacts.ts';
import { change } from '../change.ts';
import { actorOf, type Caller } from '../http/caller.ts';
import { Answer } from '../http/routes.ts';
import { devicesOf, noDevice } from '../me/devices.ts';
import { invite, resetPassword } from '../sign-in/mailed.ts';
import { endInstallation, endSessions } from '../sign-in/sessions.ts';
import { removeTotp } from '../sign-in/totp.ts';
import type { Site } from '../site.ts';
import { addUser, type By, changeUser, deleteUser, listUsers, userRow, userView, versionOf } from './directory.ts';
import { importUsers } from './import.ts';

/** The people of a tenant, for those who keep the directory. */
export function peopleRoutes({ context, on }: Site): void {
  on(ENDPOINTS.listUsers, async ({ query, caller: { tenantId } }) => await listUsers(context.store, tenantId, query));

  on(ENDPOINTS.createUser, async ({ body: { invite: isInvited, ...user }, caller }) => {
    const row = await change(context, (one) => addUser(one, byOf(caller), user));
    if (isInvited)
      await invite(context, caller.tenantId, row.id, actorOf(caller)).catch((err: unknown) =>
        context.log.warn({ err, user: row.id }, 'a new person was not invited'),
      );
    return new Answer(await userView(context.store, row), tagOf(row.version));
  });

  on(ENDPOINTS.user, async ({ params, caller: { tenantId } }) => {
    const row = await userRow(context.store, tenantId, params.userId);
    return new Answer(await userView(context.store, row), tagOf(row.version));
  });

  on(ENDPOINTS.changeUser, async ({ params, body, headers, caller }) => {
    const expected = versionOf(headers['if-match']);
    const row = await change(context, (one) => changeUser(one, byOf(caller), params.userId, body, expected));
    return new Answer(await userView(context.store, row), tagOf(row.version));
  });

  on(ENDPOINTS.deleteUser, async ({ params, headers, caller }) => {
    await change(context, (one) => deleteUser(one, byOf(caller), params.userId, versionOf(headers['if-match'])));
  });

  on(ENDPOINTS.inviteUser, ({ params, caller }) => invite(context, caller.tenantId, params.userId, actorOf(caller)));

  on(ENDPOINTS.resetTotp, ({ params, caller }) =>
    change(context, async (one) => {
      const row = await userRow(one.writing, caller.tenantId, params.userId);
      await removeTotp(one, row, actorOf(caller));
      await endSessions(one, caller.tenantId, params.userId, 'administrator');
    }),
  );
  on(ENDPOINTS.signOutUser, async ({ params, caller }) => {
    await change(context, async (one) => {
      const { email } = await userRow(one.writing, caller.tenantId, params.userId);
      await endSessions(one, caller.tenantId, params.userId, 'administrator');
      one.audit({ ...byOf(caller), action: 'person signed out', subject: `${email} (${params.userId})` });
    });
  });
}

/** What helps a person who has lost a device or the password. */
export function rescueRoutes({ context, on }: Site): void {
  on(ENDPOINTS.userDevices, async ({ params, caller: { tenantId } }) => {
    await userRow(context.store, tenantId, params.userId);
    return { devices: await devicesOf(context.store, tenantId, params.userId) };
  });

  on(ENDPOINTS.signOutUserDevice, async ({ params: { userId, installationId }, caller }) => {
    await change(context, async (one) => {
      const { tenantId } = caller;
      const { email } = await userRow(one.writing, tenantId, userId);
      if (!(await endInstallation(one, { tenantId, userId, installationId }))) noDevice();
      await one.event(tenantId, userId, { kind: 'devices' });
      const details = { installation: installationId };
      one.audit({ ...byOf(caller), action: 'device signed out', subject: `${email} (${userId})`, details });
    });
  });

  on(ENDPOINTS.resetUserPassword, ({ params, caller }) =>
    resetPassword(context, caller.tenantId, params.userId, actorOf(caller)),
  );
}

/** Files, for those who keep the directory. */
export function importRoutes({ context, on }: Site): void {
  on(ENDPOINTS.importUsers, ({ body, query, caller }) => importUsers(context, byOf(caller), body, query));
  on(ENDPOINTS.importContacts, ({ body, query, caller }) => importContacts(context, byOf(caller), body, query));
  on(ENDPOINTS.listContacts, ({ query, caller }) => listContacts(context.store, caller.tenantId, query));
}

export function byOf(caller: Caller): By {
  return { tenantId: caller.tenantId, actor: actorOf(caller) };
}

function tagOf(version: number): Record<string, string> {
  return { etag: `"${version}"` };
}
