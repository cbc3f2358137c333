import type { ListName } from '../change/change.ts';
import { emailKey } from '../email.ts';
import type { DataPath, ErrorCode, Finding } from '../errors.ts';
import type { SystemData } from '../model/index.ts';

const LISTS = [
  'gateways',
  'clusters',
  'classesOfService',
  'stations',
  'users',
  'ufipDevices',
  'applications',
  'trunkGroups',
  'routes',
] as const satisfies readonly ListName[];

/** Everything beside internal numbers that may exist only once. */
export function* checkUniqueness(data: SystemData): Generator<Finding> {
  for (const list of LISTS) {
    const keyed = data[list].map(({ id }, index): Keyed => ({ key: id, shown: id, path: [list, index, 'id'] }));
    yield* repeated(keyed, 'idDuplicate', 'id', 'Give each entry of the list an id of its own.');
  }
  yield* repeated(trunkIds(data), 'idDuplicate', 'trunk id', 'Give each trunk an id of its own.');
  yield* repeated(emails(data), 'emailDuplicate', 'e-mail address', 'People are matched by it: give each their own.');
  yield* repeated(
    usernames(data),
    'usernameDuplicate',
    'SIP username',
    'Give each device and trunk a username of its own.',
  );
  yield* repeated(outsideNumbers(data), 'outsideNumberDuplicate', 'outside number', 'Let it lead to one place only.');
  yield* repeated(patterns(data), 'routePatternDuplicate', 'route pattern', 'Put all its trunk groups into one route.');
}

interface Keyed {
  readonly key: string;
  readonly shown: string;
  readonly path: DataPath;
}

function* repeated(all: Iterable<Keyed>, code: ErrorCode, what: string, hint: string): Generator<Finding> {
  const seen = new Set<string>();
  for (const { key, shown, path } of all) {
    if (seen.has(key)) yield { code, path, message: `The ${what} "${shown}" is there more than once.`, hint };
    seen.add(key);
  }
}

function keyed(key: string, path: DataPath): Keyed {
  return { key, shown: key, path };
}

function emails(data: SystemData): readonly Keyed[] {
  return data.users.map(({ email }, index) => ({
    key: emailKey(email),
    shown: email,
    path: ['users', index, 'email'],
  }));
}

function trunkIds(data: SystemData): readonly Keyed[] {
  return data.trunkGroups.flatMap((group, at) =>
    group.trunks.map(({ id }, index) => keyed(id, ['trunkGroups', at, 'trunks', index, 'id'])),
  );
}

function* usernames(data: SystemData): Generator<Keyed> {
  for (const [index, { device }] of data.stations.entries()) {
    if (device) yield keyed(device.account.username, ['stations', index, 'device', 'account', 'username']);
  }
  for (const [index, { account }] of data.ufipDevices.entries()) {
    yield keyed(account.username, ['ufipDevices', index, 'account', 'username']);
  }
  for (const [at, group] of data.trunkGroups.entries()) {
    for (const [index, { inboundAccount }] of group.trunks.entries()) {
      const path = ['trunkGroups', at, 'trunks', index, 'inboundAccount', 'username'];
      if (inboundAccount) yield keyed(inboundAccount.username, path);
    }
  }
}

/** A rule that leads to the station which has the number as its own says the same thing twice: allowed. */
function* outsideNumbers(data: SystemData): Generator<Keyed> {
  const owners = new Map<string, string>();
  for (const [index, { outsideNumber, number }] of data.stations.entries()) {
    if (outsideNumber === undefined) continue;
    owners.set(outsideNumber, number);
    yield keyed(outsideNumber, ['stations', index, 'outsideNumber']);
  }
  for (const [at, group] of data.trunkGroups.entries()) {
    for (const [index, rule] of group.inbound.entries()) {
      if (!('number' in rule) || owners.get(rule.number) === rule.to) continue;
      // Bare digits belong to one tie line; only E.164 numbers exist once in the world.
      const key = rule.number.startsWith('+') ? rule.number : `${group.id} ${rule.number}`;
      yield { key, shown: rule.number, path: ['trunkGroups', at, 'inbound', index, 'number'] };
    }
  }
}

function patterns(data: SystemData): readonly Keyed[] {
  return data.routes.map(({ pattern }, index) => keyed(pattern, ['routes', index, 'pattern']));
}
