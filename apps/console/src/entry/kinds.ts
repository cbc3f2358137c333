import { get } from '../api.ts';
import type { Word } from '../words.ts';
import type { Draft } from './draft.ts';

/** How one value of an entry is edited. */
export type Input =
  | { readonly as: 'text' | 'secret' }
  /** Several texts, with commas between them. */
  | { readonly as: 'list' }
  | { readonly as: 'number' }
  | { readonly as: 'flag' }
  | { readonly as: 'choice'; readonly options: readonly string[]; readonly words?: string }
  /** The id of an entry of another list. */
  | { readonly as: 'one'; readonly of: string }
  /** Several values, of another list or of these. */
  | { readonly as: 'many'; readonly of?: string; readonly options?: readonly string[]; readonly words?: string }
  /** Parts, each with fields of its own. */
  | { readonly as: 'rows'; readonly fields: readonly FieldOf[]; readonly title: Word };

export interface FieldOf {
  /** Where the value stands in the entry. */
  readonly path: readonly string[];
  readonly label: Word;
  readonly input: Input;
  readonly hint?: Word;
  readonly isRequired?: true;
  /** Cannot be changed afterwards. */
  readonly isFixed?: true;
}

/** A list of system data whose entries are edited here. */
export interface EntryKind {
  /** Below `/api/v1/`, and of the page. */
  readonly path: string;
  readonly one: Word;
  /** The page with the list. */
  readonly listAt: string;
  readonly fields: readonly FieldOf[];
  /** Who may change it beside admins. */
  readonly changedBy?: 'helpdesk';
  /** What a new one has from the beginning, beside what its fields say. */
  readonly suggested?: () => Promise<Draft>;
}

const text = { as: 'text' } as const;
const number = { as: 'number' } as const;
const list = { as: 'list' } as const;
const flag = { as: 'flag' } as const;
const id: FieldOf = { path: ['id'], label: 'id', input: text, hint: 'idHint', isRequired: true, isFixed: true };
const name: FieldOf = { path: ['name'], label: 'name', input: text };

const TRUNK: readonly FieldOf[] = [
  { path: ['id'], label: 'id', input: text, isRequired: true },
  { path: ['peer', 'host'], label: 'host', input: text, isRequired: true },
  { path: ['peer', 'port'], label: 'port', input: number },
  { path: ['peer', 'transport'], label: 'transport', input: { as: 'choice', options: ['udp', 'tcp', 'tls'] } },
  { path: ['credentials', 'username'], label: 'sipUser', input: text },
  { path: ['credentials', 'password'], label: 'sipPassword', input: { as: 'secret' }, hint: 'keptPassword' },
  { path: ['registration', 'expiresSec'], label: 'registerSec', input: number, hint: 'registerHint' },
  { path: ['registration', 'user'], label: 'registerUser', input: text, hint: 'registerUserHint' },
  { path: ['registration', 'domain'], label: 'registerDomain', input: text, hint: 'registerDomainHint' },
  { path: ['sourceAddresses'], label: 'sourceAddresses', input: list, hint: 'sourceAddressesHint' },
  { path: ['inboundAccount', 'username'], label: 'inboundUser', input: text, hint: 'inboundUserHint' },
  { path: ['inboundAccount', 'password'], label: 'inboundPassword', input: { as: 'secret' }, hint: 'keptPassword' },
  { path: ['optionsIntervalSec'], label: 'superviseSec', input: number },
  { path: ['channels'], label: 'channels', input: number },
  { path: ['gateway'], label: 'gateway', input: { as: 'one', of: 'gateways' } },
  { path: ['enabled'], label: 'isOn', input: flag },
];

const INBOUND: readonly FieldOf[] = [
  { path: ['number'], label: 'inboundNumber', input: text },
  { path: ['to'], label: 'inboundTo', input: text },
  { path: ['prefix'], label: 'inboundPrefix', input: text },
  { path: ['digits'], label: 'inboundDigits', input: number },
];

const ELEMENT: readonly FieldOf[] = [
  { path: ['trunkGroup'], label: 'trunkGroup', input: { as: 'one', of: 'trunk-groups' }, isRequired: true },
  { path: ['strip'], label: 'strip', input: number },
  { path: ['prepend'], label: 'prepend', input: text },
  { path: ['replace'], label: 'replace', input: text },
];

export const STATION_KIND: EntryKind = {
  path: 'stations',
  one: 'station',
  listAt: 'stations',
  changedBy: 'helpdesk',
  fields: [
    { path: ['number'], label: 'deskNumber', input: text, isRequired: true },
    { ...name, label: 'stationName', hint: 'stationNameHint', isRequired: true },
    {
      path: ['state'],
      label: 'serviceState',
      input: { as: 'choice', options: ['inService', 'outOfService', 'signedOff'], words: 'state' },
      hint: 'stateHint',
    },
    {
      path: ['classOfService'],
      label: 'classOfService',
      input: { as: 'one', of: 'classes-of-service' },
      isRequired: true,
    },
    { path: ['outsideNumber'], label: 'outsideNumber', input: text, hint: 'e164Hint' },
  ],
  suggested: async () => {
    const { station, classOfService } = await get<{ station?: string; classOfService: string }>('free-numbers');
    return { classOfService, ...(station !== undefined && { number: station }) };
  },
};

export const ENTRY_KINDS: readonly EntryKind[] = [
  STATION_KIND,
  {
    path: 'gateways',
    one: 'gateway',
    listAt: 'gateways',
    fields: [
      id,
      name,
      { path: ['kind'], label: 'kind', input: { as: 'choice', options: ['softgate', 'stmix', 'stmiy'] } },
      { path: ['capacity', 'devices'], label: 'capacityDevices', input: number, hint: 'capacityHint' },
      { path: ['capacity', 'mediaChannels'], label: 'capacityChannels', input: number },
    ],
  },
  {
    path: 'clusters',
    one: 'cluster',
    listAt: 'gateways',
    fields: [id, name, { path: ['gateways'], label: 'gateways', input: { as: 'many', of: 'gateways' } }],
  },
  {
    path: 'trunk-groups',
    one: 'trunkGroup',
    listAt: 'trunks',
    fields: [
      id,
      name,
      { path: ['enabled'], label: 'isOn', input: flag },
      { path: ['mainNumber'], label: 'mainNumber', input: text, hint: 'e164Hint' },
      {
        path: ['callerNumber'],
        label: 'callerNumber',
        input: {
          as: 'choice',
          options: ['ownNumber', 'mainNumber', 'withheld', 'passthrough'],
          words: 'caller',
        },
      },
      {
        path: ['numberFormat'],
        label: 'numberFormat',
        input: { as: 'choice', options: ['e164', 'national'], words: 'format' },
      },
      { path: ['channels'], label: 'channels', input: number },
      { path: ['trunks'], label: 'trunks', input: { as: 'rows', fields: TRUNK, title: 'trunk' } },
      {
        path: ['inbound'],
        label: 'inbound',
        input: { as: 'rows', fields: INBOUND, title: 'inbound' },
        hint: 'inboundHint',
      },
    ],
  },
  {
    path: 'routes',
    one: 'route',
    listAt: 'trunks',
    fields: [
      id,
      { path: ['pattern'], label: 'pattern', input: text, hint: 'patternHint', isRequired: true },
      { path: ['elements'], label: 'elements', input: { as: 'rows', fields: ELEMENT, title: 'way' } },
    ],
  },
  {
    path: 'classes-of-service',
    one: 'classOfService',
    listAt: 'classes',
    fields: [
      id,
      name,
      {
        path: ['allow'],
        label: 'allow',
        input: {
          as: 'many',
          options: ['internal', 'national', 'international', 'premium', 'services', 'featureCodes'],
          words: 'allow',
        },
        hint: 'allowHint',
      },
      { path: ['watch'], label: 'watch', input: flag },
    ],
  },
];
