import type { StoredBinding } from '@unisono/gateway';
import { emailKey, explainStation, type System, type User } from '@unisono/pbx';
import { createRegistrationStore } from '../stores/registration-store.ts';
import { loadSystem } from '../stores/system-store.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';
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

function findUser(system: System, wanted: string): User | undefined {
  const id = system.usersByEmail.get(emailKey(wanted)) ?? userOfNumber(system, wanted) ?? wanted;
  return system.users.get(id);
}

function userOfNumber(system: System, number: string): string | undefined {
  const owner = system.numbers.get(number);
  return owner?.kind === 'station' ? system.userOfStation.get(owner.id) : undefined;
}

function registered(system: System, user: User, bindings: readonly StoredBinding[]) {
  const has = (device: string): boolean => bindings.some((binding) => binding.device === device);
  return {
    isDeskRegistered: has(`desk:${user.deskStation}`),
    areClientsRegistered: has(`client:${system.ufipDeviceOfUser.get(user.id)}`),
  };
}
