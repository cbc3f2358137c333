import type { Change, ListName, System, SystemError } from '@unisono/pbx';

/** One entry of each list, as sentences begin. */
const ENTRY: Readonly<Record<ListName, string>> = {
  gateways: 'Gateway',
  clusters: 'Cluster',
  classesOfService: 'Class of service',
  stations: 'Station',
  users: 'User',
  ufipDevices: 'UFIP device',
  applications: 'Application',
  trunkGroups: 'Trunk group',
  routes: 'Route',
};

const REFERENCE_CODES: ReadonlySet<string> = new Set([
  'gatewayUnknown',
  'clusterUnknown',
  'classOfServiceUnknown',
  'stationUnknown',
  'userUnknown',
  'trunkGroupUnknown',
  'alternativeNumberUnknown',
  'inboundTargetUnknown',
]);

type Deletion = Extract<Change, { readonly kind: 'delete' }>;

/**
 * The errors of changes that delete something, told from where the administrator stands: not that an entry is unknown, but who still
 * names what is to go, by its id.
 */
export function namingReferrers(
  { data }: System,
  changes: readonly Change[],
  errors: readonly SystemError[],
): readonly SystemError[] {
  const deletions = changes.filter((change): change is Deletion => change.kind === 'delete');
  const [first] = deletions;
  if (first === undefined) return errors;
  const what = deletions.length === 1 ? `${ENTRY[first.list].toLowerCase()} "${first.id}"` : 'what is to be deleted';
  return errors.map((error) => {
    const found = REFERENCE_CODES.has(error.code) ? /^(\w+)\[(\d+)\]\.(.+)$/.exec(error.path) : null;
    const list = found?.[1] as ListName | undefined;
    if (found === null || list === undefined) return error;
    // The place is that of the data as they would be afterwards.
    const left = data[list].filter(({ id }) => !deletions.some((one) => one.list === list && one.id === id));
    const id = left[Number(found[2])]?.id;
    if (id === undefined) return error;
    return {
      ...error,
      path: `${list}/${id}/${found[3]}`,
      message: `${ENTRY[list]} "${id}" still leads to ${what}.`,
      hint: hintFor(first, list),
    };
  });
}

function hintFor({ list, id }: Deletion, referrer: ListName): string {
  if (list === 'users' && referrer === 'ufipDevices')
    return `Remove the person with all devices: unisono users delete ${id} --with-devices.`;
  return 'Change or delete it first.';
}
