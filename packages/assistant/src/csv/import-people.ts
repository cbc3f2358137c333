import {
  type Change,
  emailKey,
  type ListName,
  mergePatch,
  readSystem,
  type System,
  type SystemError,
  type UserSettings,
} from '@unisono/pbx';
import { settingsWithMailbox } from '../people/mailbox.ts';
import { defaultClass, freeId, newPassword, placeOf } from '../people/new-person.ts';
import type { AssistantRandom } from '../ports.ts';
import { COLUMNS, type Column, TAKE_AWAY } from './columns.ts';
import { type LineError, problem, readTable, type TableRow } from './read-table.ts';

/** What an import would do, or everything that is wrong with the file. */
export interface ImportPlan {
  readonly lines: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly errors: readonly LineError[];
  /** All of it, to be made together; empty when there are errors. */
  readonly changes: readonly Change[];
  /** Accounts of desk phones whose passwords were made here, not given by the file. */
  readonly accounts: readonly MadeAccount[];
}

/** The account of a new desk phone. */
export interface MadeAccount {
  readonly number: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Plans an import. A line is about the user of its `id`, else of its `email`, and their devices; without both about the station of
 * its `number`. What is not there is made, empty cells leave things as they are, `-` takes an optional value away. Errors
 * are found in the file as a whole, as the system would be after it: all of them at once, each with its line.
 */
export function planImport(text: string, system: System, random: AssistantRandom): ImportPlan {
  const table = readTable(text);
  const none = { lines: 0, created: 0, updated: 0, unchanged: 0, changes: [], accounts: [] };
  if (!table.ok) return { ...none, errors: table.errors };
  const draft = new Draft(system, random);
  const outcomes = table.rows.map((row) => draft.take(row));
  const count = (wanted: Outcome): number => outcomes.filter((outcome) => outcome === wanted).length;
  const errors = [...draft.errors, ...draft.ruleErrors()].sort((a, b) => a.line - b.line);
  return {
    lines: table.rows.length,
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    errors,
    changes: errors.length > 0 ? [] : draft.changes,
    accounts: errors.length > 0 ? [] : draft.accounts,
  };
}

type Outcome = 'created' | 'updated' | 'unchanged' | 'wrong';
type Fields = Record<string, unknown>;
type Lists = 'users' | 'stations' | 'ufipDevices';

/** The system data as they would be after the lines so far. */
class Draft {
  readonly errors: LineError[] = [];
  readonly changes: Change[] = [];
  readonly accounts: MadeAccount[] = [];
  readonly #system: System;
  readonly #random: AssistantRandom;
  readonly #data: Record<Lists, Fields[]>;
  readonly #places: Record<Lists, Map<string, number>>;
  /** `stations[5]` → line. */
  readonly #lines = new Map<string, number>();
  readonly #usersByEmail: Map<string, string>;
  readonly #stationsByNumber: Map<string, string>;
  readonly #newIds = new Set<string>();
  readonly #seen = new Map<string, number>();

  constructor(system: System, random: AssistantRandom) {
    this.#system = system;
    this.#random = random;
    const copy = (list: Lists): Fields[] => [...(system.data[list] as unknown as Fields[])];
    this.#data = { users: copy('users'), stations: copy('stations'), ufipDevices: copy('ufipDevices') };
    const places = (list: Lists) => new Map(system.data[list].map(({ id }, index) => [id, index]));
    this.#places = { users: places('users'), stations: places('stations'), ufipDevices: places('ufipDevices') };
    this.#usersByEmail = new Map(system.usersByEmail);
    this.#stationsByNumber = new Map(system.data.stations.map(({ number, id }) => [number, id]));
  }

  take(row: TableRow): Outcome {
    const key = row.cells.get('id') ?? row.cells.get('email') ?? row.cells.get('number');
    if (key === undefined) {
      const hint = 'Give id or email for a person, or number for a station alone.';
      return this.#wrong(problem(row.line, 'email', 'lineUnknown', 'Nobody can tell whom the line is about.', hint));
    }
    const before = this.#seen.get(emailKey(key));
    if (before !== undefined) {
      const message = `"${key}" is in line ${before} already.`;
      return this.#wrong(problem(row.line, 'email', 'lineTwice', message, 'Leave one line for each.'));
    }
    this.#seen.set(emailKey(key), row.line);
    const isPerson = row.cells.has('id') || row.cells.has('email');
    const outcomes = isPerson ? this.#person(row) : [this.#station(row, undefined)];
    if (outcomes.includes('created')) return 'created';
    return outcomes.includes('updated') ? 'updated' : 'unchanged';
  }

  /** What the rules say about the whole, at the lines that it comes from. */
  ruleErrors(): LineError[] {
    const read = readSystem({ ...this.#system.data, ...this.#data });
    return read.ok ? [] : read.errors.map((error) => this.#lineError(error));
  }

  #wrong(error: LineError): Outcome {
    this.errors.push(error);
    return 'wrong';
  }

  #person(row: TableRow): Outcome[] {
    const { cells } = row;
    const email = cells.get('email');
    const known = cells.get('id') ?? (email === undefined ? undefined : this.#usersByEmail.get(emailKey(email)));
    const id = known ?? freeId(this.#system, email ?? '', this.#newIds);
    this.#newIds.add(id);
    const place = this.#places.users.get(id);
    const old = place === undefined ? undefined : this.#data.users[place];
    const stationId = old?.deskStation as string | undefined;
    const outcomes: Outcome[] = [];
    const user = fieldsOf(row, 'users');
    if (cells.has('number') || stationId !== undefined) {
      outcomes.push(this.#station(row, stationId));
      const number = cells.get('number');
      if (number !== undefined && stationId === undefined) user.deskStation = this.#stationsByNumber.get(number);
    }
    const settings = mailboxSettings(user.mailbox, old);
    outcomes.push(this.#put('users', id, { ...user, ...settings, id }, row.line));
    if (email !== undefined) this.#usersByEmail.set(emailKey(email), id);
    const device = this.#system.ufipDeviceOfUser.get(id);
    if (device !== undefined || cells.has('ufipNumber')) outcomes.push(this.#ufipDevice(row, id, device));
    return outcomes;
  }

  #station(row: TableRow, ofUser: string | undefined): Outcome {
    const { cells, line } = row;
    const number = cells.get('number');
    const id = ofUser ?? (number === undefined ? undefined : this.#stationsByNumber.get(number));
    const fields = fieldsOf(row, 'stations');
    if (id !== undefined) return this.#put('stations', id, this.#withPassword(id, number ?? id, fields), line);
    const name = fields.name ?? cells.get('name');
    const given = { classOfService: defaultClass(this.#system), ...fields, id: number, ...(name && { name }) };
    const made = this.#withPassword('', number ?? '', given);
    if (number !== undefined) this.#stationsByNumber.set(number, number);
    return this.#put('stations', number ?? '', made, line);
  }

  #ufipDevice(row: TableRow, user: string, device: string | undefined): Outcome {
    const fields = fieldsOf(row, 'ufipDevices');
    if (device !== undefined) {
      // Gateway and cluster exclude each other: who names one means it instead of the other.
      if (typeof fields.cluster === 'string') fields.gateway ??= null;
      else if (typeof fields.gateway === 'string') fields.cluster ??= null;
      return this.#put('ufipDevices', device, fields, row.line);
    }
    const id = `ufip-${user}`;
    const place = (fields.gateway ?? fields.cluster) ? {} : placeOf(this.#system, {});
    const account = { username: `${user}-clients`, password: newPassword(this.#random), ...(fields.account as Fields) };
    return this.#put('ufipDevices', id, { ...fields, ...place, id, user, account }, row.line);
  }

  /** A phone that gets its user name here gets a password too. */
  #withPassword(station: string, number: string, fields: Fields): Fields {
    const device = fields.device as { account?: Fields } | null | undefined;
    if (device?.account?.username === undefined || device.account.password !== undefined) return fields;
    const place = this.#places.stations.get(station);
    const old = place === undefined ? undefined : this.#data.stations[place];
    if (old?.device !== undefined) return fields;
    const password = newPassword(this.#random);
    this.accounts.push({ number, username: String(device.account.username), password });
    return { ...fields, device: { account: { ...device.account, password } } };
  }

  #put(list: Lists, id: string, fields: Fields, line: number): Outcome {
    const place = this.#places[list].get(id);
    if (place === undefined) {
      const index = this.#data[list].push(withoutNulls(fields)) - 1;
      this.#places[list].set(id, index);
      this.#lines.set(`${list}[${index}]`, line);
      this.changes.push({ kind: 'create', list, value: withoutNulls(fields) });
      return 'created';
    }
    this.#lines.set(`${list}[${place}]`, line);
    const old = this.#data[list][place];
    const merged = mergePatch(old, fields) as Fields;
    if (JSON.stringify(merged) === JSON.stringify(old)) return 'unchanged';
    this.#data[list][place] = merged;
    this.changes.push({ kind: 'update', list, id, value: fields });
    return 'updated';
  }

  #lineError({ path, code, message, hint }: SystemError): LineError {
    const [, entry = '', list = '', rest = ''] = /^((\w+)\[\d+\])\.?(.*)$/.exec(path) ?? [];
    const column = COLUMNS.find((one) => one.list === (list as ListName) && one.path.join('.') === rest)?.name;
    return problem(this.#lines.get(entry) ?? 0, column ?? path, code, message, hint);
  }
}

/** The settings of a person who gets a mailbox, or whose mailbox goes. */
function mailboxSettings(mailbox: unknown, old: Fields | undefined): Fields {
  if (typeof mailbox !== 'boolean' || mailbox === (old?.mailbox ?? false)) return {};
  const settings = settingsWithMailbox((old?.settings ?? {}) as Partial<UserSettings>, mailbox);
  return Object.keys(settings).length === 0 ? {} : { settings };
}

/** The fields of one list that the line gives. */
function fieldsOf({ cells }: TableRow, list: Column['list']): Fields {
  const fields: Fields = {};
  for (const column of COLUMNS) {
    const cell = column.list === list ? cells.get(column.name) : undefined;
    if (cell === undefined || (column.name === 'id' && list === 'users')) continue;
    putAt(fields, column.path, cellValue(column.name, cell));
  }
  return fields;
}

function cellValue(column: string, cell: string): unknown {
  if (cell === TAKE_AWAY) return null;
  if (column === 'mailbox' && /^(yes|true|ja|1)$/i.test(cell)) return true;
  if (column === 'mailbox' && /^(no|false|nein|0)$/i.test(cell)) return false;
  return cell;
}

/** A null takes the outermost optional group away: a desk phone without user name is none. */
function putAt(fields: Fields, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) fields[name] = value;
  else if (value === null && name === 'device') fields[name] = null;
  else if (fields[name] !== null) {
    fields[name] ??= {};
    putAt(fields[name] as Fields, rest, value);
  }
}

function withoutNulls(fields: Fields): Fields {
  return mergePatch({}, fields) as Fields;
}
