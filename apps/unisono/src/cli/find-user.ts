import { emailKey, type System, type User } from '@unisono/pbx';

/** The user that somebody means by an id, an e-mail address or a desk number. */
export function findUser(system: System, wanted: string): User | undefined {
  const id = system.usersByEmail.get(emailKey(wanted)) ?? userOfNumber(system, wanted) ?? wanted;
  return system.users.get(id);
}

function userOfNumber(system: System, number: string): string | undefined {
  const owner = system.numbers.get(number);
  return owner?.kind === 'station' ? system.userOfStation.get(owner.id) : undefined;
}
