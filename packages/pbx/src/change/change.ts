import type { BusySetting, NoAnswerRule, RingOrder, Routing, StationState } from '../model/index.ts';

/** The lists of `SystemData`. */
export type ListName =
  | 'gateways'
  | 'clusters'
  | 'classesOfService'
  | 'stations'
  | 'users'
  | 'ufipDevices'
  | 'applications'
  | 'trunkGroups'
  | 'routes';

/** The single parts of `SystemData`. */
export type SectionName = 'company' | 'numbering' | 'defaults' | 'licences';

/** Settings to change, the others stay; null takes an optional one away. Numbers as the user would dial them. */
export interface UserSettingsPatch {
  readonly routing?: Exclude<Routing, 'other'>;
  readonly busy?: BusySetting;
  readonly noAnswer?: NoAnswerRule;
  readonly ringOrder?: RingOrder;
  readonly ringSec?: number | null;
  readonly alternativeNumber?: string | null;
}

/** One change of system data at run time. Values of the first four kinds are checked like a file. */
export type Change =
  | { readonly kind: 'create'; readonly list: ListName; readonly value: unknown }
  /** Fields of the entry to replace; null takes an optional field away. */
  | { readonly kind: 'update'; readonly list: ListName; readonly id: string; readonly value: unknown }
  | { readonly kind: 'delete'; readonly list: ListName; readonly id: string }
  /** Fields of the section to replace; null takes an optional field away. */
  | { readonly kind: 'set'; readonly section: SectionName; readonly value: unknown }
  | { readonly kind: 'stationState'; readonly station: string; readonly state: StationState }
  | { readonly kind: 'userSettings'; readonly user: string; readonly settings: UserSettingsPatch };
