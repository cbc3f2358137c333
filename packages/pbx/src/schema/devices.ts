import { z } from 'zod';
import {
  CAPACITY_PROFILES,
  type CallClass,
  type ClassOfService,
  DEFAULT_CLASS_OF_SERVICE,
  type GatewayKind,
  type StationState,
} from '../model/index.ts';
import { isCombination } from './combinations.ts';
import * as field from './fields.ts';

export const account = z
  .strictObject({
    username: field.username,
    password: z.exactOptional(field.secret),
    ha1: z.exactOptional(
      z
        .strictObject({ md5: z.exactOptional(field.hex(32)), sha256: z.exactOptional(field.hex(64)) })
        .check(isCombination((ha1) => ha1.md5 !== undefined || ha1.sha256 !== undefined, 'Give md5, sha256 or both.')),
    ),
  })
  .check(
    isCombination(
      ({ password, ha1 }) => (password === undefined) !== (ha1 === undefined),
      'Give either password or ha1, and not both.',
    ),
  );

/** Contacts of one device that may be registered at once. */
export const DEFAULT_DESK_CONTACTS = 1;
export const DEFAULT_CLIENT_CONTACTS = 10;
const MAX_CONTACTS = 50;

const deskDevice = z.strictObject({
  account,
  maxContacts: field.whole(1, MAX_CONTACTS).default(DEFAULT_DESK_CONTACTS),
  remote: z.boolean().default(false),
});

export const stationState = z.enum(['inService', 'outOfService', 'signedOff'] satisfies StationState[]);

export const station = z
  .strictObject({
    id: z.exactOptional(field.id),
    number: field.internalNumber,
    name: field.name,
    state: stationState.default('inService'),
    classOfService: field.id.default(DEFAULT_CLASS_OF_SERVICE.id),
    device: z.exactOptional(deskDevice),
    outsideNumber: z.exactOptional(field.e164),
    gateway: z.exactOptional(field.id),
    unlisted: z.exactOptional(z.boolean()),
  })
  .transform(({ id, ...station }) => ({ id: id ?? station.number, ...station }));

export const ufipDevice = z
  .strictObject({
    id: z.exactOptional(field.id),
    number: field.internalNumber,
    user: field.id,
    account,
    maxContacts: field.whole(1, MAX_CONTACTS).default(DEFAULT_CLIENT_CONTACTS),
    gateway: z.exactOptional(field.id),
    cluster: z.exactOptional(field.id),
  })
  .check(
    isCombination(
      ({ gateway, cluster }) => (gateway === undefined) !== (cluster === undefined),
      'Give either gateway or cluster, and not both.',
    ),
  )
  .transform(({ id, ...device }) => ({ id: id ?? `ufip-${device.user}`, ...device }));

const capacity = z.strictObject({
  devices: z.exactOptional(field.whole(0, 1_000_000)),
  mediaChannels: z.exactOptional(field.whole(0, 100_000)),
});

export const gateway = z
  .strictObject({
    id: field.id,
    name: z.exactOptional(field.name),
    kind: z.enum(['softgate', 'stmix', 'stmiy'] satisfies GatewayKind[]).default('softgate'),
    capacity: capacity.prefault({}),
  })
  .transform((gateway) => ({ ...gateway, capacity: { ...CAPACITY_PROFILES[gateway.kind], ...gateway.capacity } }));

export const cluster = z.strictObject({
  id: field.id,
  name: z.exactOptional(field.name),
  gateways: z.array(field.id).min(1),
});

const callClass = z.enum([
  'internal',
  'national',
  'international',
  'premium',
  'services',
  'featureCodes',
] satisfies CallClass[]);

export const classOfService = z.strictObject({
  id: field.id,
  name: z.exactOptional(field.name),
  allow: z.array(callClass),
  watch: z.exactOptional(z.boolean()),
}) satisfies z.ZodType<ClassOfService>;
