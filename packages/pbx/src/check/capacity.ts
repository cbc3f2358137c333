import type { Finding } from '../errors.ts';
import type { Cluster } from '../model/index.ts';
import type { System } from '../system.ts';

/** Devices fit on the gateways they are pinned to, on their clusters, and on the system as a whole. */
export function* checkCapacity(system: System): Generator<Finding> {
  const { gateways, clusters } = system.data;
  const pinned = countPinned(system);
  for (const [index, { id, capacity }] of gateways.entries()) {
    const count = pinned.get(id) ?? 0;
    if (count <= capacity.devices) continue;
    const message = `${count} devices are pinned to gateway "${id}", which carries ${capacity.devices}.`;
    const hint = 'Spread them over a cluster, pin some elsewhere, or raise capacity.devices if it carries more.';
    yield { code: 'gatewayCapacityOverrun', path: ['gateways', index, 'capacity', 'devices'], message, hint };
  }
  for (const [index, cluster] of clusters.entries()) yield* checkCluster(system, cluster, index, pinned);
  yield* checkTotal(system);
}

function countPinned({ data }: System): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const pin = (gateway: string | undefined) => {
    if (gateway !== undefined) counts.set(gateway, (counts.get(gateway) ?? 0) + 1);
  };
  for (const station of data.stations) if (station.device !== undefined) pin(station.gateway);
  for (const device of data.ufipDevices) pin(device.gateway);
  return counts;
}

function* checkCluster(
  system: System,
  cluster: Cluster,
  index: number,
  pinned: ReadonlyMap<string, number>,
): Generator<Finding> {
  const room = [...new Set(cluster.gateways)].reduce((sum, id) => {
    const capacity = system.gateways.get(id)?.capacity.devices ?? 0;
    return sum + Math.max(0, capacity - (pinned.get(id) ?? 0));
  }, 0);
  const count = system.data.ufipDevices.filter((device) => device.cluster === cluster.id).length;
  if (count <= room) return;
  const message = `${count} UFIP devices are on cluster "${cluster.id}", which has room for ${room}.`;
  const hint = 'Add a gateway to the cluster, or move devices.';
  yield { code: 'clusterCapacityOverrun', path: ['clusters', index, 'gateways'], message, hint };
}

function* checkTotal({ data }: System): Generator<Finding> {
  const count = data.stations.filter((station) => station.device !== undefined).length + data.ufipDevices.length;
  const room = data.gateways.reduce((sum, gateway) => sum + gateway.capacity.devices, 0);
  if (count <= room) return;
  const message = `${count} devices are configured, all gateways together carry ${room}.`;
  yield { code: 'systemCapacityOverrun', path: ['gateways'], message, hint: 'Add a gateway, or remove devices.' };
}
