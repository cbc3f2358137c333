import type { Change, System } from '@unisono/pbx';
import { z } from 'zod';
import type { AssistantRandom } from '../ports.ts';
import { settingsWithMailbox } from './mailbox.ts';

/** What the wizard asks for. */
export const newPersonSchema = z.object({
  name: z.string(),
  email: z.string(),
  /** Absent: made from the e-mail address. */
  id: z.string().optional(),
  language: z.enum(['en', 'de']).optional(),
  mailbox: z.boolean().optional(),
  /** The desk number. */
  number: z.string(),
  classOfService: z.string().optional(),
  outsideNumber: z.string().optional(),
  /** Whether there is a physical phone. */
  deskPhone: z.boolean().default(true),
  /** Whether web and mobile clients are used. */
  clients: z.boolean().default(true),
  /** The auxiliary number of the UFIP device; needed with `clients`. */
  ufipNumber: z.string().optional(),
  gateway: z.string().optional(),
  cluster: z.string().optional(),
});

export type NewPerson = z.output<typeof newPersonSchema>;

/** Accounts that were made, shown once. */
export interface Credentials {
  readonly device: 'desk' | 'clients';
  readonly username: string;
  readonly password: string;
}

export interface PersonChanges {
  readonly id: string;
  readonly changes: readonly Change[];
  readonly credentials: readonly Credentials[];
}

/** A new person as changes that belong together: station, user and, with clients, UFIP device. */
export function newPersonChanges(system: System, person: NewPerson, random: AssistantRandom): PersonChanges {
  const id = person.id ?? freeId(system, person.email);
  const credentials: Credentials[] = [];
  const deskAccount = () => {
    const made = newDeskAccount(system, person.number, random);
    credentials.push({ device: 'desk', ...made });
    return made;
  };
  const { classOfService = defaultClass(system), outsideNumber, language, mailbox } = person;
  const station = {
    number: person.number,
    name: person.name,
    classOfService,
    ...(outsideNumber && { outsideNumber }),
    ...(person.deskPhone && { device: { account: deskAccount() } }),
  };
  const user = {
    id,
    name: person.name,
    email: person.email,
    deskStation: person.number,
    ...(language && { language }),
    ...(mailbox !== undefined && { mailbox }),
    ...(mailbox === true && { settings: settingsWithMailbox({}, true) }),
  };
  const changes: Change[] = [
    { kind: 'create', list: 'stations', value: station },
    { kind: 'create', list: 'users', value: user },
  ];
  if (person.clients) {
    const { ufipNumber: ufip = '', gateway, cluster } = person;
    const clients = clientsChange(system, id, { number: ufip, gateway, cluster }, random);
    credentials.push(clients.credentials);
    changes.push(clients.change);
  }
  return { id, changes, credentials };
}

/** An account with which a desk phone signs in: its user name is the number, where that is free. */
export function newDeskAccount(
  system: System,
  number: string,
  random: AssistantRandom,
): { readonly username: string; readonly password: string } {
  return { username: freeUsername(system, number), password: newPassword(random) };
}

/** The UFIP device of a person as a change. */
export function clientsChange(
  system: System,
  user: string,
  device: { readonly number: string; readonly gateway?: string | undefined; readonly cluster?: string | undefined },
  random: AssistantRandom,
): { readonly change: Change; readonly credentials: Credentials } {
  const account = { username: freeUsername(system, `${user}-clients`), password: newPassword(random) };
  const value = { number: device.number, user, account, ...placeOf(system, device) };
  return {
    change: { kind: 'create', list: 'ufipDevices', value },
    credentials: { device: 'clients', ...account },
  };
}

/** Where a UFIP device goes when nobody says: on the first cluster, else on the first gateway. */
export function placeOf(
  system: System,
  given: { gateway?: string | undefined; cluster?: string | undefined },
): { gateway: string } | { cluster: string } {
  if (given.cluster !== undefined) return { cluster: given.cluster };
  if (given.gateway !== undefined) return { gateway: given.gateway };
  const [cluster] = system.data.clusters;
  return cluster === undefined ? { gateway: system.data.gateways[0]?.id ?? 'gw1' } : { cluster: cluster.id };
}

/** The class of service that most stations have. */
export function defaultClass({ data }: System): string {
  const count = new Map<string, number>();
  for (const { classOfService } of data.stations) count.set(classOfService, (count.get(classOfService) ?? 0) + 1);
  const [mostUsed] = [...count].sort((a, b) => b[1] - a[1]);
  return mostUsed?.[0] ?? data.classesOfService[0]?.id ?? 'standard';
}

/** The part before the `@`, in the letters that ids have, with a number behind it when that is taken. */
export function freeId(system: System, email: string, taken: ReadonlySet<string> = new Set()): string {
  const local = email.slice(0, Math.max(0, email.lastIndexOf('@'))) || email;
  const plain = local
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '')
    .replace(/^[^a-z0-9]+/, '');
  const base = (plain === '' ? 'person' : plain).slice(0, 50);
  const isTaken = (id: string): boolean => system.users.has(id) || taken.has(id);
  let id = base;
  for (let number = 2; isTaken(id); number++) id = `${base}-${number}`;
  return id;
}

function freeUsername(system: System, wanted: string): string {
  let username = wanted;
  for (let number = 2; system.accounts.has(username); number++) username = `${wanted}-${number}`;
  return username;
}

/** Letters and digits that are not mistaken for each other when typed into a phone. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const PASSWORD_LENGTH = 20;

export function newPassword(random: AssistantRandom): string {
  let password = '';
  while (password.length < PASSWORD_LENGTH) {
    for (const octet of random.bytes(PASSWORD_LENGTH)) {
      // Octets beyond the last whole multiple would make some letters likelier.
      if (octet < Math.floor(256 / ALPHABET.length) * ALPHABET.length && password.length < PASSWORD_LENGTH)
        password += ALPHABET[octet % ALPHABET.length];
    }
  }
  return password;
}
