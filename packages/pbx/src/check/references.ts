import type { DataPath, ErrorCode, Finding } from '../errors.ts';
import { didYouMean } from '../schema/did-you-mean.ts';
import type { System } from '../system.ts';

/** Every id that names an entry of another list must be there. */
export function* checkReferences(system: System): Generator<Finding> {
  for (const { kind, id, path } of references(system)) {
    const { entries, code, what } = target(system, kind);
    if (entries.has(id)) continue;
    yield { code, path, message: `There is no ${what} "${id}".`, hint: hintFor(id, what, [...entries.keys()]) };
  }
}

type Kind = 'gateway' | 'cluster' | 'classOfService' | 'station' | 'user' | 'trunkGroup';

interface Reference {
  readonly kind: Kind;
  readonly id: string;
  readonly path: DataPath;
}

function* references(system: System): Generator<Reference> {
  const { stations, users, clusters } = system.data;
  for (const [index, { gateway, classOfService }] of stations.entries()) {
    yield { kind: 'classOfService', id: classOfService, path: ['stations', index, 'classOfService'] };
    if (gateway !== undefined) yield { kind: 'gateway', id: gateway, path: ['stations', index, 'gateway'] };
  }
  for (const [index, { deskStation }] of users.entries()) {
    if (deskStation !== undefined) yield { kind: 'station', id: deskStation, path: ['users', index, 'deskStation'] };
  }
  for (const [index, cluster] of clusters.entries()) {
    for (const [at, id] of cluster.gateways.entries()) {
      yield { kind: 'gateway', id, path: ['clusters', index, 'gateways', at] };
    }
  }
  yield* ufipReferences(system);
  yield* trunkReferences(system);
}

function* ufipReferences({ data }: System): Generator<Reference> {
  for (const [index, { user, gateway, cluster }] of data.ufipDevices.entries()) {
    yield { kind: 'user', id: user, path: ['ufipDevices', index, 'user'] };
    if (gateway !== undefined) yield { kind: 'gateway', id: gateway, path: ['ufipDevices', index, 'gateway'] };
    if (cluster !== undefined) yield { kind: 'cluster', id: cluster, path: ['ufipDevices', index, 'cluster'] };
  }
}

function* trunkReferences({ data }: System): Generator<Reference> {
  for (const [at, group] of data.trunkGroups.entries()) {
    for (const [index, { gateway }] of group.trunks.entries()) {
      const path = ['trunkGroups', at, 'trunks', index, 'gateway'];
      if (gateway !== undefined) yield { kind: 'gateway', id: gateway, path };
    }
  }
  for (const [at, route] of data.routes.entries()) {
    for (const [index, { trunkGroup }] of route.elements.entries()) {
      yield { kind: 'trunkGroup', id: trunkGroup, path: ['routes', at, 'elements', index, 'trunkGroup'] };
    }
  }
}

interface Target {
  readonly entries: ReadonlyMap<string, unknown>;
  readonly code: ErrorCode;
  readonly what: string;
}

function target(system: System, kind: Kind): Target {
  switch (kind) {
    case 'gateway':
      return { entries: system.gateways, code: 'gatewayUnknown', what: 'gateway' };
    case 'cluster':
      return { entries: system.clusters, code: 'clusterUnknown', what: 'cluster' };
    case 'classOfService':
      return { entries: system.classesOfService, code: 'classOfServiceUnknown', what: 'class of service' };
    case 'station':
      return { entries: system.stations, code: 'stationUnknown', what: 'station' };
    case 'user':
      return { entries: system.users, code: 'userUnknown', what: 'user' };
    case 'trunkGroup':
      return { entries: system.trunkGroups, code: 'trunkGroupUnknown', what: 'trunk group' };
  }
}

/** So many ids are named in a hint; of more only the closest. */
const MAX_NAMED = 8;

function hintFor(id: string, what: string, known: readonly string[]): string {
  const meant = known.length <= 1000 ? didYouMean(id, known) : undefined;
  if (meant !== undefined) return `Did you mean "${meant}"?`;
  if (known.length === 0) return `Add the ${what} first.`;
  return known.length > MAX_NAMED ? `Name the id of a ${what}.` : `There are: ${known.join(', ')}.`;
}
