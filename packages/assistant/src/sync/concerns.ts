import type { System, User } from '@unisono/pbx';

/** Whether what synchronising looks at has changed: call settings are told over the link and do not belong to it. */
export function concernsSync(before: System, after: System): boolean {
  const names = ['stations', 'ufipDevices', 'company', 'numbering', 'licences'] as const;
  if (names.some((name) => before.data[name] !== after.data[name])) return true;
  if (before.data.users.length !== after.data.users.length) return true;
  return after.data.users.some((user, index) => {
    const old = before.data.users[index];
    if (old === user) return false;
    const told = ({ id, name, email, deskStation, mailbox }: User): string =>
      JSON.stringify([id, name, email, deskStation, mailbox]);
    return old === undefined || told(old) !== told(user);
  });
}
