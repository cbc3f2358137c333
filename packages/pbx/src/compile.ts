import { emailKey } from './email.ts';
import type { SystemData, TrunkGroup } from './model/index.ts';
import { plantRoutes } from './routing/route-tree.ts';
import type { AccountOwner, DirectBlock, NumberOwner, System } from './system.ts';

/** Indexes checked system data for calls. Of contradictory data (see `checkSystem`) the first entry counts. */
export function compileSystem(data: SystemData): System {
  return {
    data,
    gateways: byId(data.gateways),
    clusters: byId(data.clusters),
    classesOfService: byId(data.classesOfService),
    stations: byId(data.stations),
    users: byId(data.users),
    ufipDevices: byId(data.ufipDevices),
    applications: byId(data.applications),
    trunkGroups: byId(data.trunkGroups),
    numbers: numberOwners(data),
    auxiliaryNumbers: new Map(data.ufipDevices.map((device) => [device.number, device.id])),
    accounts: accountOwners(data),
    usersByEmail: firstWins(data.users, (user) => [emailKey(user.email), user.id]),
    userOfStation: firstWins(data.users, (user) => user.deskStation && [user.deskStation, user.id]),
    ufipDeviceOfUser: firstWins(data.ufipDevices, (device) => [device.user, device.id]),
    directNumbers: directNumbers(data),
    directBlocks: data.trunkGroups.flatMap(directBlocks),
    routes: plantRoutes(data.routes),
  };
}

function byId<T extends { readonly id: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return firstWins(list, (entry) => [entry.id, entry]);
}

function firstWins<T, V>(
  list: readonly T[],
  pair: (entry: T) => readonly [string, V] | '' | undefined,
): ReadonlyMap<string, V> {
  const map = new Map<string, V>();
  for (const entry of list) {
    const found = pair(entry);
    if (found && !map.has(found[0])) map.set(found[0], found[1]);
  }
  return map;
}

function numberOwners(data: SystemData): ReadonlyMap<string, NumberOwner> {
  const owners: [string, NumberOwner][] = [];
  for (const { id, number } of data.stations) owners.push([number, { kind: 'station', id }]);
  for (const { id, number } of data.applications) owners.push([number, { kind: 'application', id }]);
  // A number that is also auxiliary (contradictory data) must not become callable.
  const auxiliary = new Set(data.ufipDevices.map((device) => device.number));
  return firstWins(owners, (pair) => (auxiliary.has(pair[0]) ? undefined : pair));
}

function accountOwners(data: SystemData): ReadonlyMap<string, AccountOwner> {
  const owners: [string, AccountOwner][] = [];
  for (const { id, device } of data.stations) {
    if (device !== undefined) owners.push([device.account.username, { kind: 'desk', station: id }]);
  }
  for (const { id, account } of data.ufipDevices) owners.push([account.username, { kind: 'client', ufipDevice: id }]);
  for (const group of data.trunkGroups) {
    for (const { id, inboundAccount } of group.trunks) {
      if (inboundAccount === undefined) continue;
      owners.push([inboundAccount.username, { kind: 'trunk', trunkGroup: group.id, trunk: id }]);
    }
  }
  return firstWins(owners, (pair) => pair);
}

function directNumbers(data: SystemData): ReadonlyMap<string, string> {
  const pairs: [string, string][] = [];
  for (const { outsideNumber, number } of data.stations) if (outsideNumber) pairs.push([outsideNumber, number]);
  for (const group of data.trunkGroups) {
    for (const rule of group.inbound) if ('number' in rule) pairs.push([rule.number, rule.to]);
  }
  return firstWins(pairs, (pair) => pair);
}

function directBlocks(group: TrunkGroup): readonly DirectBlock[] {
  return group.inbound.flatMap((rule) =>
    'prefix' in rule ? [{ trunkGroup: group.id, prefix: rule.prefix, digits: rule.digits }] : [],
  );
}
