import type { StoredBinding } from '@unisono/gateway';
import { explainStation, type System, type User } from '@unisono/pbx';
import { createRegistrationStore } from '../stores/registration-store.ts';
import { loadSystem } from '../stores/system-store.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';
import { findUser } from './find-user.ts';
import { withStore } from './open-data.ts';

/** `unisono plan USER` */
export function plan(
  console: Console,
  wanted: string,
  given: Readonly<Record<string, string | undefined>>,
): Promise<ExitCode> {
  return withStore(console, given, false, (store) => {
    const system = loadSystem(store, console.epochMs)?.current();
    const user = system === undefined ? undefined : findUser(system, wanted);
    if (system === undefined || user === undefined) {
      console.error(`There is no user ${wanted}: give an id, an e-mail address or a desk number.`);
      return EXIT.failed;
    }
    if (user.deskStation === undefined) {
      console.out(`${user.name} has no desk station and cannot be called.`);
      return EXIT.done;
    }
    const bindings = createRegistrationStore(store, console.epochMs, () => {}).load();
    const language = user.language ?? system.data.company.language;
    for (const sentence of explainStation(system, user.deskStation, registered(system, user, bindings), language)) {
      console.out(sentence);
    }
    return EXIT.done;
  });
}

function registered(system: System, user: User, bindings: readonly StoredBinding[]) {
  const has = (device: string): boolean => bindings.some((binding) => binding.device === device);
  return {
    isDeskRegistered: has(`desk:${user.deskStation}`),
    areClientsRegistered: has(`client:${system.ufipDeviceOfUser.get(user.id)}`),
  };
}
