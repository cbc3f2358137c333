import type { DirectoryEntry, LdapSource } from '@unisono/contract';
import { AndFilter, Client, type Entry, type Filter, FilterParser, OrFilter, SubstringFilter } from 'ldapts';
import { ldapPlace } from '../administration/ldap-sources.ts';
import type { Context } from '../context.ts';
import { numberKey } from './numbers.ts';

const TIMEOUT_MS = 3000;
const MAX_ENTRIES = 50;
/** A directory that did not answer is left alone for so long: searching must not wait for it each time. */
const REST_MS = 30_000;

/** So long it is remembered whose number it is, and that it is nobody's. */
const KNOWN_MS = 600_000;
const UNKNOWN_MS = 60_000;
const MOST_KNOWN = 10_000;

interface Owner {
  readonly entry: Promise<DirectoryEntry | undefined>;
  untilMs: number;
}

/** Searches the LDAP directories of tenants. What does not answer in time is left out, with a line in the log. */
export class LdapSearch {
  readonly #context: Context;
  readonly #resting = new Map<string, number>();
  /** By tenant and number, the oldest first. */
  readonly #owners = new Map<string, Owner>();

  constructor(context: Context) {
    this.#context = context;
  }

  async search(tenantId: string, text: string, limit: number): Promise<DirectoryEntry[]> {
    const words = text
      .split(/\s+/)
      .filter((word) => word.length > 1)
      .slice(0, 4);
    if (words.length === 0) return [];
    const find = ({ attributes: { name, company, email } }: LdapSource): Filter =>
      new AndFilter({ filters: words.map((word) => anyOf([name, company, email], word)) });
    return (await this.#everywhere(tenantId, find)).slice(0, limit);
  }

  /** The entry that has this number, in whatever way it is written there; remembered for a while. */
  async ownerOf(tenantId: string, key: string): Promise<DirectoryEntry | undefined> {
    if (key.length < 5) return undefined;
    const { clock } = this.#context;
    const place = `${tenantId} ${key}`;
    const known = this.#owners.get(place);
    if (known !== undefined && known.untilMs > clock.nowMs()) return known.entry;
    const owner: Owner = { entry: this.#askForOwner(tenantId, key), untilMs: clock.nowMs() + UNKNOWN_MS };
    this.#owners.delete(place);
    this.#owners.set(place, owner);
    for (const oldest of this.#owners.keys()) {
      if (this.#owners.size <= MOST_KNOWN) break;
      this.#owners.delete(oldest);
    }
    const entry = await owner.entry;
    if (entry !== undefined) owner.untilMs = clock.nowMs() + KNOWN_MS;
    return entry;
  }

  async #askForOwner(tenantId: string, key: string): Promise<DirectoryEntry | undefined> {
    // The last digits as they may be grouped: `*3*4*5*6*`; what is found is compared as a number.
    const digits = [...key.slice(-6)];
    const find = ({ attributes: { work, mobile, home } }: LdapSource): Filter =>
      new OrFilter({
        filters: [work, mobile, home].map((attribute) => new SubstringFilter({ attribute, any: digits })),
      });
    const found = await this.#everywhere(tenantId, find);
    return found.find(({ numbers }) => numbers.some(({ number }) => numberKey(number) === key));
  }

  async #everywhere(tenantId: string, find: (source: LdapSource) => Filter): Promise<DirectoryEntry[]> {
    const rows = this.#context.store.selectFrom('ldap_sources').selectAll().where('tenant_id', '=', tenantId);
    const found = await Promise.all(
      (await rows.execute()).map(async (row) => {
        const source = JSON.parse(row.source) as LdapSource;
        const password =
          row.password_sealed === null
            ? undefined
            : this.#context.seal.open(row.password_sealed, ldapPlace(tenantId, row.id));
        return this.#one(`${tenantId} ${row.id}`, source, password, find(source));
      }),
    );
    return found.flat();
  }

  async #one(key: string, source: LdapSource, password: string | undefined, find: Filter): Promise<DirectoryEntry[]> {
    const nowMs = this.#context.clock.nowMs();
    if ((this.#resting.get(key) ?? 0) > nowMs) return [];
    const client = new Client({ url: source.url, timeout: TIMEOUT_MS, connectTimeout: TIMEOUT_MS });
    try {
      if (source.bindDn !== undefined) await client.bind(source.bindDn, password);
      const filter = new AndFilter({ filters: [FilterParser.parseString(source.filter), find] });
      const attributes = Object.values(source.attributes);
      const limits = { sizeLimit: MAX_ENTRIES, timeLimit: TIMEOUT_MS / 1000 };
      const { searchEntries } = await client.search(source.baseDn, { scope: 'sub', filter, attributes, ...limits });
      return searchEntries.flatMap((entry) => entryOf(source, entry));
    } catch (err) {
      this.#resting.set(key, nowMs + REST_MS);
      this.#context.log.warn({ err, source: source.id }, 'an LDAP directory could not be searched');
      return [];
    } finally {
      await client.unbind().catch(() => {});
    }
  }
}

function anyOf(attributes: readonly string[], word: string): Filter {
  return new OrFilter({ filters: attributes.map((attribute) => new SubstringFilter({ attribute, any: [word] })) });
}

function entryOf(source: LdapSource, entry: Entry): DirectoryEntry[] {
  const { attributes } = source;
  const text = (attribute: string): string | undefined => {
    const value = [entry[attribute]].flat()[0];
    return value === undefined || value.length === 0 ? undefined : String(value).slice(0, 200);
  };
  const name = text(attributes.name);
  const numbers = (['work', 'mobile', 'home'] as const).flatMap((kind) => {
    const number = text(attributes[kind]);
    return number !== undefined && /^[+*#\d][\d*#() /.,;-]{0,39}$/.test(number) ? [{ kind, number }] : [];
  });
  if (name === undefined || numbers.length === 0) return [];
  const [company, email] = [text(attributes.company), text(attributes.email)];
  // Not kept here, so it cannot be asked for by its id; the id only tells entries apart.
  const entryId = `ldap-${Buffer.from(`${source.id} ${entry.dn}`).toString('hex').slice(-48)}`;
  return [
    {
      entryId,
      source: 'ldap',
      name,
      numbers,
      ...(company === undefined ? {} : { company }),
      ...(email === undefined ? {} : { email }),
    },
  ];
}
