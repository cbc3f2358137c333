import { z } from 'zod';
import type { ListName, SectionName } from '../change/change.ts';
import { CAPACITY_PROFILES, DEFAULT_CLASS_OF_SERVICE, SYSTEM_DATA_VERSION, type SystemData } from '../model/index.ts';
import { company, defaults, licences, numbering } from './company.ts';
import { classOfService, cluster, gateway, station, ufipDevice } from './devices.ts';
import { user } from './people.ts';
import { application, route, trunkGroup } from './trunks.ts';

/** The form of one entry of each list. */
export const entrySchemas = {
  gateways: gateway,
  clusters: cluster,
  classesOfService: classOfService,
  stations: station,
  users: user,
  ufipDevices: ufipDevice,
  applications: application,
  trunkGroups: trunkGroup,
  routes: route,
} satisfies Record<ListName, z.ZodType>;

/** The form of each section. */
export const sectionSchemas = { company, numbering, defaults, licences } satisfies Record<SectionName, z.ZodType>;

/** The form of the whole; values that are left out get their defaults. */
export const systemDataSchema = z.strictObject({
  version: z.preprocess((value) => (value === '1' ? 1 : value), z.literal(SYSTEM_DATA_VERSION)),
  company,
  numbering,
  defaults: defaults.prefault({}),
  licences,
  gateways: z.array(gateway).default([{ id: 'gw1', kind: 'softgate', capacity: CAPACITY_PROFILES.softgate }]),
  clusters: z.array(cluster).default([]),
  classesOfService: z
    .array(classOfService)
    .default([{ ...DEFAULT_CLASS_OF_SERVICE, allow: [...DEFAULT_CLASS_OF_SERVICE.allow] }]),
  stations: z.array(station).default([]),
  users: z.array(user).default([]),
  ufipDevices: z.array(ufipDevice).default([]),
  applications: z.array(application).default([]),
  trunkGroups: z.array(trunkGroup).default([]),
  routes: z.array(route).default([]),
}) satisfies z.ZodType<SystemData>;
