import type { System } from '@unisono/pbx';
import { describeSystem } from '../cli/describe.ts';
import { table } from '../cli/table.ts';
import { isEveryAddress, isLoopback } from '../config/addresses.ts';

/** Where one transport is heard. */
export interface Heard {
  readonly transport: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';
  readonly address: string;
  readonly port: number;
}

export interface WelcomeOptions {
  system: System;
  isDemo: boolean;
  heard: readonly Heard[];
  /** Doors of the border; empty without one. */
  doors: readonly Heard[];
  /** Address at which others reach them. */
  doorsReachable: string;
  /** Address that others reach this machine at. */
  reachable: string;
  dataFolder: string;
  authorityFile: string | undefined;
  /** People sign in to the client app with this process. */
  hasCloud: boolean;
  /** Entries whose account was given since by an administrator, as `stations/4023`: shown once, and not here. */
  givenSince: ReadonlySet<string>;
}

/** What is printed when the system runs: where to point a phone, with which account, what to dial first, how to stop. */
export function welcome(options: WelcomeOptions): string {
  const { system, isDemo, dataFolder } = options;
  const lines = [
    `Unisono is running. ${describeSystem(system.data)}`,
    '',
    ...phonesConnectTo(options),
    ...(options.doors.length === 0
      ? []
      : ['', ...doorLines(options.doors, options.doorsReachable, options.authorityFile)]),
    ...(isDemo ? ['', ...demoAccounts(options), ...clientsWithoutCloud(options), '', ...dialFirst(system)] : []),
    '',
    `Kept in ${dataFolder}. Stop with Ctrl-C.`,
  ];
  return lines.join('\n');
}

function phonesConnectTo({ heard, reachable, authorityFile, system }: WelcomeOptions): string[] {
  const places = heard.map(({ transport, address, port }) => [
    `  ${transport.toUpperCase()}`,
    placeOf({ transport, address, port }, reachable),
  ]);
  const tls = heard.some(({ transport }) => transport === 'tls' || transport === 'wss');
  const isLocal = heard.every(({ address }) => isLoopback(address));
  return [
    'Point a phone to',
    ...table(['', ''], places).slice(1),
    `  SIP domain ${system.data.company.domain}, or simply the address above`,
    ...(tls && authorityFile !== undefined ? [`  For TLS it has to trust ${authorityFile}`] : []),
    ...(isLocal
      ? ['  Only programs on this machine can connect; for the office network start with --listen 0.0.0.0']
      : []),
  ];
}

/** Where clients and phones outside connect. */
export function doorLines(doors: readonly Heard[], reachable: string, authorityFile: string | undefined): string[] {
  const rows = doors.map(({ transport, address, port }) => {
    const place = placeOf({ transport, address, port }, reachable);
    return transport === 'wss'
      ? ['  web and mobile clients', `wss://${place}`, `in a browser: https://${place}`]
      : ['  phones outside', `${transport.toUpperCase()} ${place}`, ''];
  });
  return [
    'Through the border',
    ...table(['', '', ''], rows).slice(1),
    ...(authorityFile === undefined ? [] : ['  Browsers have to trust its certificate: the page says how']),
  ];
}

function demoAccounts({ system, givenSince }: WelcomeOptions): string[] {
  const { data, ufipDevices, users, stations, ufipDeviceOfUser } = system;
  const rows = data.users.flatMap((user) => {
    const station = user.deskStation === undefined ? undefined : stations.get(user.deskStation);
    const device = ufipDevices.get(ufipDeviceOfUser.get(user.id) ?? '');
    const name = users.get(user.id)?.name ?? user.id;
    const number = station?.number ?? '';
    return [
      ...(station?.device === undefined || givenSince.has(`stations/${station.id}`)
        ? []
        : [[`  ${number}`, `${name}, desk phone`, ...credentials(station.device.account)]]),
      ...(device === undefined || givenSince.has(`ufipDevices/${device.id}`)
        ? []
        : [[`  ${number}`, `${name}, softphone`, ...credentials(device.account)]]),
    ];
  });
  return ['Accounts of the demo company', ...table(['  number', 'device', 'user name', 'password'], rows)];
}

function credentials(account: { readonly username: string; readonly password?: string }): string[] {
  return [account.username, account.password ?? ''];
}

function clientsWithoutCloud({ system: { data }, doors, hasCloud }: WelcomeOptions): string[] {
  const [device] = data.ufipDevices;
  if (device === undefined || (hasCloud && webDoor(doors) !== undefined)) return [];
  return [
    '',
    'A browser or app gets credentials of its own, for some days',
    `  npm run unisono -- clients add ${device.user}`,
  ];
}

/** Who signs in to the web client, where, and with which password. */
export function webClientLines(
  doors: readonly Heard[],
  reachable: string,
  people: readonly { readonly name: string; readonly email: string; readonly password: string }[],
): string[] {
  const door = webDoor(doors);
  if (door === undefined) return [];
  const rows = people.map(({ name, email, password }) => [`  ${name}`, email, password]);
  return [
    '',
    `Sign in to the web client at https://${placeOf(door, reachable)}`,
    ...table(['', '', ''], rows).slice(1),
  ];
}

function webDoor(doors: readonly Heard[]): Heard | undefined {
  return doors.find(({ transport }) => transport === 'wss');
}

const MACHINES = {
  echo: 'you hear yourself',
  announcement: 'you hear a melody',
  mailbox: 'you hear your messages',
} as const;

function dialFirst({ data }: System): string[] {
  const machines = data.applications.map(({ number, name, kind }) => [`  ${number}`, `${name}: ${MACHINES[kind]}`]);
  const [, colleague] = data.stations.filter((station) => station.device !== undefined).slice(1);
  const call =
    colleague === undefined ? [] : [[`  ${colleague.number}`, `${colleague.name}: all devices of that account ring`]];
  return ['Dial first', ...table(['', ''], [...machines, ...call]).slice(1)];
}

function placeOf({ address, port }: Heard, reachable: string): string {
  return `${hostText(isEveryAddress(address) ? reachable : address)}:${port}`;
}

function hostText(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
