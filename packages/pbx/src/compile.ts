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
    auxiliaryNumbers: auxiliaryNumbers(data),
    accounts: accountOwners(data),
    usersByEmail: usersByEmail(data),
    userOfStation: userOfStation(data),
    ufipDeviceOfUser: ufipDeviceOfUser(data),
    directNumbers: directNumbers(data),
    directBlocks: data.trunkGroups.flatMap(directBlocks),
    routes: plantRoutes(data.routes),
  };
}

function byId<T extends { readonly id: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const entry of list) claim(map, entry.id, entry);
  return map;
}

/** The first owner of a key keeps it. */
function claim<V>(map: Map<string, V>, key: string, value: V): void {
  if (!map.has(key)) map.set(key, value);
}

function numberOwners(data: SystemData): ReadonlyMap<string, NumberOwner> {
  const owners = new Map<string, NumberOwner>();
  for (const { id, number } of data.stations) claim(owners, number, { kind: 'station', id });
  for (const { id, number } of data.applications) claim(owners, number, { kind: 'application', id });
  // A number that is also auxiliary (contradictory data) must not become callable.
  for (const { number } of data.ufipDevices) owners.delete(number);
  return owners;
}

function auxiliaryNumbers(data: SystemData): ReadonlyMap<string, string> {
  const numbers = new Map<string, string>();
  for (const { id, number } of data.ufipDevices) claim(numbers, number, id);
  return numbers;
}

function accountOwners(data: SystemData): ReadonlyMap<string, AccountOwner> {
  const owners = new Map<string, AccountOwner>();
  for (const { id, device } of data.stations) {
    if (device !== undefined) claim(owners, device.account.username, { kind: 'desk', station: id });
  }
  for (const { id, account } of data.ufipDevices) claim(owners, account.username, { kind: 'client', ufipDevice: id });
  for (const { id: trunkGroup, trunks } of data.trunkGroups) {
    for (const { id, inboundAccount } of trunks) {
      if (inboundAccount !== undefined)
        claim(owners, inboundAccount.username, { kind: 'trunk', trunkGroup, trunk: id });
    }
  }
  return owners;
}

function usersByEmail(data: SystemData): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const { id, email } of data.users) claim(users, emailKey(email), id);
  return users;
}

function userOfStation(data: SystemData): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const { id, deskStation } of data.users) if (deskStation !== undefined) claim(users, deskStation, id);
  return users;
}

function ufipDeviceOfUser(data: SystemData): ReadonlyMap<string, string> {
  const devices = new Map<string, string>();
  for (const { id, user } of data.ufipDevices) claim(devices, user, id);
  return devices;
}

function directNumbers(data: SystemData): ReadonlyMap<string, string> {
  const numbers = new Map<string, string>();
  for (const { outsideNumber, number } of data.stations) if (outsideNumber) claim(numbers, outsideNumber, number);
  for (const { inbound } of data.trunkGroups) {
    for (const rule of inbound)
      if ('number' in rule && rule.number.startsWith('+')) claim(numbers, rule.number, rule.to);
  }
  return numbers;
}

function directBlocks(group: TrunkGroup): readonly DirectBlock[] {
  return group.inbound.flatMap((rule) =>
    'prefix' in rule ? [{ trunkGroup: group.id, prefix: rule.prefix, digits: rule.digits }] : [],
  );
}
