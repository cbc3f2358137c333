import type { ListName, SectionName } from '@unisono/pbx';
import type { Role } from '../access/roles.ts';

/** How a list of system data appears in the API. */
export interface ListRoute {
  readonly list: ListName;
  /** Below `/api/v1/`. */
  readonly path: string;
  /** The role that may change it. */
  readonly changes: Role;
  /** What one entry is called in the OpenAPI document. */
  readonly schema: string;
}

export const LIST_ROUTES: readonly ListRoute[] = [
  { list: 'stations', path: 'stations', changes: 'helpdesk', schema: 'Station' },
  { list: 'users', path: 'users', changes: 'helpdesk', schema: 'User' },
  { list: 'ufipDevices', path: 'ufip-devices', changes: 'helpdesk', schema: 'UfipDevice' },
  { list: 'gateways', path: 'gateways', changes: 'admin', schema: 'Gateway' },
  { list: 'clusters', path: 'clusters', changes: 'admin', schema: 'Cluster' },
  { list: 'classesOfService', path: 'classes-of-service', changes: 'admin', schema: 'ClassOfService' },
  { list: 'applications', path: 'applications', changes: 'admin', schema: 'Application' },
  { list: 'trunkGroups', path: 'trunk-groups', changes: 'admin', schema: 'TrunkGroup' },
  { list: 'routes', path: 'routes', changes: 'admin', schema: 'Route' },
];

export const SECTION_ROUTES: readonly { section: SectionName; path: string; schema: string }[] = [
  { section: 'company', path: 'company', schema: 'Company' },
  { section: 'numbering', path: 'numbering', schema: 'Numbering' },
  { section: 'defaults', path: 'defaults', schema: 'CallDefaults' },
  { section: 'licences', path: 'licence-counts', schema: 'LicenceCounts' },
];
