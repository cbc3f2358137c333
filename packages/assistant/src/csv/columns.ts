import type { Station, UfipDevice, User } from '@unisono/pbx';

/** What a line of the file is about: a person with station and UFIP device, or a station alone. */
export interface Line {
  readonly user: User | undefined;
  readonly station: Station | undefined;
  readonly ufipDevice: UfipDevice | undefined;
}

/** Where the value of a column goes: list and path of fields. */
export interface Column {
  readonly name: string;
  readonly list: 'users' | 'stations' | 'ufipDevices';
  readonly path: readonly string[];
  /** What is exported; passwords never are. */
  readonly show: (line: Line) => string | undefined;
}

const text = (name: string, list: Column['list'], path: string, show: Column['show']): Column => ({
  name,
  list,
  path: path.split('.'),
  show,
});

/** The columns of the file, in their order. `name` of a person is the station's too unless `stationName` says otherwise. */
export const COLUMNS: readonly Column[] = [
  text('id', 'users', 'id', ({ user }) => user?.id),
  text('name', 'users', 'name', ({ user }) => user?.name),
  text('email', 'users', 'email', ({ user }) => user?.email),
  text('language', 'users', 'language', ({ user }) => user?.language),
  text('mailbox', 'users', 'mailbox', ({ user }) => user && (user.mailbox ? 'yes' : 'no')),
  text('number', 'stations', 'number', ({ station }) => station?.number),
  text('stationName', 'stations', 'name', ({ station }) => station?.name),
  text('state', 'stations', 'state', ({ station }) => station?.state),
  text('classOfService', 'stations', 'classOfService', ({ station }) => station?.classOfService),
  text('outsideNumber', 'stations', 'outsideNumber', ({ station }) => station?.outsideNumber),
  text('deskUsername', 'stations', 'device.account.username', ({ station }) => station?.device?.account.username),
  text('deskPassword', 'stations', 'device.account.password', () => ''),
  text('ufipNumber', 'ufipDevices', 'number', ({ ufipDevice }) => ufipDevice?.number),
  text('ufipUsername', 'ufipDevices', 'account.username', ({ ufipDevice }) => ufipDevice?.account.username),
  text('ufipPassword', 'ufipDevices', 'account.password', () => ''),
  text('gateway', 'ufipDevices', 'gateway', ({ ufipDevice }) => ufipDevice?.gateway),
  text('cluster', 'ufipDevices', 'cluster', ({ ufipDevice }) => ufipDevice?.cluster),
];

/** In a cell: take the value away. An empty cell leaves it as it is. */
export const TAKE_AWAY = '-';
