import { randomBytes } from 'node:crypto';
import type { StoredBinding } from '@unisono/gateway';
import { isInstallation, type System } from '@unisono/pbx';
import { ClientDesk, type Issued } from '../clients/client-desk.ts';
import { clientMac } from '../clients/client-key.ts';
import type { ConnectionData } from '../clients/connection-data.ts';
import type { LoadedSettings } from '../config/load.ts';
import type { ClientInstallation } from '../stores/client-store.ts';
import type { Store } from '../stores/open-store.ts';
import { createRegistrationStore } from '../stores/registration-store.ts';
import { loadSystem } from '../stores/system-store.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';
import { findUser } from './find-user.ts';
import { withStore } from './open-data.ts';
import { table } from './table.ts';

interface Given {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `unisono clients add USER` */
export function addClient(
  console: Console,
  wanted: string,
  given: Given & { readonly label?: string | undefined; readonly days?: number | undefined },
): Promise<ExitCode> {
  return withDesk(console, given, (desk, system) => {
    const user = findUser(system, wanted);
    if (user === undefined) {
      console.error(`There is no user ${wanted}: give an id, an e-mail address or a desk number.`);
      return EXIT.failed;
    }
    return printIssued(console, desk.issue(user.id, given.label ?? '', given.days), given.json === true);
  });
}

/** `unisono clients renew ID` */
export function renewClient(
  console: Console,
  id: string,
  given: Given & { readonly days?: number | undefined },
): Promise<ExitCode> {
  return withDesk(console, given, (desk) => printIssued(console, desk.renew(id, given.days), given.json === true));
}

/** `unisono clients revoke ID` */
export function revokeClient(console: Console, id: string, given: Given): Promise<ExitCode> {
  return withDesk(console, given, (desk) => {
    if (!isInstallation(id) || !desk.revoke(id)) {
      console.error(`There is no installation ${id}: unisono clients list shows their ids.`);
      return EXIT.failed;
    }
    if (given.json === true) console.out(JSON.stringify({ installation: id, revoked: true }));
    else console.out(`Revoked ${id}. A running system refuses it within a second; a call that it has goes on.`);
    return EXIT.done;
  });
}

/** `unisono clients list` */
export function listClients(
  console: Console,
  given: Given & { readonly user?: string | undefined; readonly all?: boolean | undefined },
): Promise<ExitCode> {
  return withDesk(console, given, (desk, system, store) => {
    const user = given.user === undefined ? undefined : (findUser(system, given.user)?.id ?? given.user);
    const bindings = createRegistrationStore(store, console.epochMs, () => {}).load();
    const nowMs = console.epochMs();
    const lines = desk.list(user).map((one) => lineOf(one, bindings, nowMs));
    const shown = given.all === true ? lines : lines.filter(({ state }) => state === 'valid' || state === 'registered');
    if (given.json === true) for (const line of shown) console.out(JSON.stringify(line));
    else for (const text of clientTable(shown, lines.length)) console.out(text);
    return EXIT.done;
  });
}

/** What is told of an installation; no secret. */
interface ClientLine {
  readonly installation: string;
  readonly user: string;
  readonly label: string;
  readonly state: 'registered' | 'valid' | 'expired' | 'revoked';
  readonly created: string;
  readonly expires: string;
  readonly revoked: string | null;
  readonly program: string | null;
  readonly address: string | null;
}

function lineOf(one: ClientInstallation, bindings: readonly StoredBinding[], nowMs: number): ClientLine {
  const binding = bindings.findLast(({ installation }) => installation === one.id);
  const inForce = binding === undefined ? 'valid' : 'registered';
  const state = one.revokedAtMs !== undefined ? 'revoked' : one.expiresAtMs <= nowMs ? 'expired' : inForce;
  return {
    installation: one.id,
    user: one.user,
    label: one.label,
    state,
    created: new Date(one.createdAtMs).toISOString(),
    expires: new Date(one.expiresAtMs).toISOString(),
    revoked: one.revokedAtMs === undefined ? null : new Date(one.revokedAtMs).toISOString(),
    program: binding?.userAgent ?? null,
    address: binding?.address ?? null,
  };
}

/** Where the others are: the cloud makes their credentials. */
const SIGNED_IN = 'Browsers and apps that people have signed in are listed by unisono people devices ID.';

function clientTable(lines: readonly ClientLine[], known: number): string[] {
  const left = known - lines.length;
  const others = left === 0 ? [] : [`${left} expired or revoked; --all shows them.`];
  if (lines.length === 0) return ['No clients with credentials of their own.', ...others, SIGNED_IN];
  const rows = lines.map(({ installation, user, label, state, expires, program, address }) => [
    installation,
    user,
    label,
    state,
    expires.slice(0, 10),
    [program, address].filter((part) => part !== null).join(' at '),
  ]);
  return [...table(['id', 'user', 'label', 'state', 'until', 'last registered'], rows), ...others, SIGNED_IN];
}

function printIssued(console: Console, issued: Issued, asJson: boolean): ExitCode {
  if (!issued.ok) {
    console.error(issued.message);
    return EXIT.failed;
  }
  if (asJson) console.out(JSON.stringify(issued.connection, undefined, 2));
  else for (const line of connectionText(issued.connection)) console.out(line);
  return EXIT.done;
}

/** The same for people, and the JSON for a program behind it. */
function connectionText(connection: ConnectionData): string[] {
  const { installation, wss, uri, username, password, expiresAt, iceServers } = connection;
  return [
    `Installation ${installation}, valid until ${expiresAt}. This is shown once; unisono clients revoke ${installation} ends it.`,
    '',
    ...table(
      ['', ''],
      [
        ['  WebSocket', wss ?? 'none configured: start with --wss-port, or set clients.url'],
        ['  SIP address', uri],
        ['  User name', username],
        ['  Password', password],
        ...iceServers.map(({ urls }) => ['  ICE server', urls.join(' ')]),
      ],
    ).slice(1),
    '',
    JSON.stringify(connection),
  ];
}

function withDesk(
  console: Console,
  given: Given,
  use: (desk: ClientDesk, system: System, store: Store) => ExitCode,
): Promise<ExitCode> {
  const { config, data } = given;
  return withStore(console, { config, data }, false, (store, settings) => {
    const system = loadSystem(store, console.epochMs)?.current();
    if (system === undefined) {
      console.error(`There are no system data in ${settings.data}: start the system or import a file first.`);
      return EXIT.failed;
    }
    return use(deskOf(console, store, settings, system), system, store);
  });
}

function deskOf(console: Console, store: Store, settings: LoadedSettings, system: System): ClientDesk {
  return new ClientDesk({
    store,
    mac: clientMac(settings.data),
    access: settings,
    system: () => system,
    epochMs: console.epochMs,
    randomHex: (octets) => randomBytes(octets).toString('hex'),
  });
}
