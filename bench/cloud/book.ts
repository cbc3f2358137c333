/** The clients' directory with as many numbers as a phone system has: looking through it, and searching as one types. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { Outcome } from '../measurements.ts';
import type { Options } from '../options.ts';
import { groupCpuSec, groupMemoryOctets } from '../processes.ts';
import { percentile } from '../statistics.ts';
import { emailOf } from '../targets/company.ts';
import { type CloudScene, onCloud } from './scene.ts';
import type { StoreKind } from './stores.ts';

const FIRST =
  'Anna Ben Carla David Eva Felix Greta Hans Ida Jonas Klara Lukas Maria Nils Olga Paul Rosa Simon Tina Uwe';
const LAST =
  'Becker Chen Dietrich Engel Fischer Graf Hoffmann Ibrahim Jansen Keller Lindner Meyer Novak Okafor Peters Rossi Schulz Thoma Ulrich Vogel Weiss Yilmaz Zimmer';
const STATION_BASE = 100_000;
/** So many of the numbers are of people who also have clients. */
const PEOPLE_SHARE = 0.1;
const UPLOADED_AT_ONCE = 500;
const TYPED = 40;
const LOOKS = 100;
const KEYS = '22233344455566677778889999';

/** Numbers of which a tenth is also of people of the directory. */
export function measureBook(kind: StoreKind, options: Options): Promise<Outcome> {
  const numbers = options.cloudPeople;
  const people = Math.round(numbers * PEOPLE_SHARE);
  return onCloud(kind, { people, signedIn: 1 }, options, async (scene) => {
    await scene.settle();
    const before = groupMemoryOctets(scene.connector.pid);
    await upload(scene, numbers, people);
    const book = new Book(scene);
    try {
      // What is asked first also warms the service up.
      await book.look('warm', LOOKS, () => '');
      const whole = await book.whole();
      await book.look('first', LOOKS, () => '');
      await book.look('name', TYPED, (index) => nameOf(index * 7), true);
      await book.look('number', TYPED, (index) => String(STATION_BASE + index * 231), true);
      await book.look('keys', TYPED, (index) => keysOf(nameOf(index * 7).split(' ')[1] ?? ''), true);
      await book.look('nobody', LOOKS, () => 'zzqx');
      await scene.settle();
      const after = groupMemoryOctets(scene.connector.pid);
      const values = { numbers, ...whole, ...book.figures(), memoryMb: (after - before) / 1_000_000 };
      return { values, problems: {} };
    } finally {
      book.close();
    }
  });
}

function nameOf(index: number): string {
  const [first, last] = [FIRST.split(' '), LAST.split(' ')];
  return `${first[index % first.length]} ${last[index % last.length]}`;
}

function keysOf(word: string): string {
  return [...word.toLowerCase()].map((letter) => KEYS[letter.charCodeAt(0) - 97]).join('');
}

async function upload({ ask, directory }: CloudScene, numbers: number, people: number): Promise<void> {
  for (let from = 0; from < numbers; from += UPLOADED_AT_ONCE) {
    const count = Math.min(UPLOADED_AT_ONCE, numbers - from);
    const items = Array.from({ length: count }, (_, offset) => {
      const index = from + offset;
      const email = index < people ? { email: emailOf(index) } : {};
      return {
        op: 'put',
        station: { stationId: String(index), name: nameOf(index), number: String(STATION_BASE + index), ...email },
      };
    });
    await ask('POST', '/v1/sync/stations', directory.assistantKey, { items });
  }
}

interface Page {
  readonly entries: readonly unknown[];
  readonly next?: string;
}

/** One client that looks into the directory, over one connection. */
class Book {
  readonly #scene: CloudScene;
  readonly #agent: Agent;
  #asked = 0;
  readonly #tookMs = new Map<string, number[]>();
  readonly #cpuSec = new Map<string, number>();

  constructor(scene: CloudScene) {
    this.#scene = scene;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(scene.ca) });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** All of it, page by page as a client that is scrolled down asks. */
  async whole(): Promise<Record<string, number>> {
    const beganMs = performance.now();
    let seen = 0;
    let last: Page | undefined;
    await this.#counted('page', async () => {
      do {
        last = await this.#timed('page', '', last?.next);
        seen += last.entries.length;
      } while (last.next !== undefined);
    });
    return { wholeSec: (performance.now() - beganMs) / 1000, seen };
  }

  /** Asks so often; as typed: for each beginning of the text from the second sign on. */
  async look(name: string, count: number, textOf: (index: number) => string, isTyped = false): Promise<void> {
    await this.#counted(name, async () => {
      for (let index = 0; index < count; index++) {
        const text = textOf(index);
        const lengths = isTyped ? Array.from({ length: text.length - 1 }, (_, sign) => sign + 2) : [text.length];
        for (const length of lengths) await this.#timed(name, text.slice(0, length));
      }
    });
  }

  /** Notes the processor time of the service; other work of the machine is not in it. */
  async #counted(name: string, work: () => Promise<void>): Promise<void> {
    const cpuSec = (): number => this.#scene.groups.reduce((sum, group) => sum + groupCpuSec(group), 0);
    const before = cpuSec();
    await work();
    this.#cpuSec.set(name, cpuSec() - before);
  }

  figures(): Record<string, number> {
    return Object.fromEntries(
      [...this.#tookMs].flatMap(([name, all]) => [
        [`${name}P50Ms`, percentile(all, 0.5)],
        [`${name}P99Ms`, percentile(all, 0.99)],
        [`${name}CpuMs`, ((this.#cpuSec.get(name) ?? 0) * 1000) / all.length],
      ]),
    );
  }

  async #timed(name: string, q: string, cursor?: string): Promise<Page> {
    const beganMs = performance.now();
    const page = await this.#ask(new URLSearchParams({ q, ...(cursor === undefined ? {} : { cursor }) }));
    const all = this.#tookMs.get(name) ?? [];
    all.push(performance.now() - beganMs);
    this.#tookMs.set(name, all);
    return page;
  }

  #ask(query: URLSearchParams): Promise<Page> {
    const { connectorPort: port, directory } = this.#scene;
    // One address has a limit.
    const from = `10.0.${this.#asked >> 8}.${this.#asked++ & 255}`;
    const headers = { authorization: `Bearer ${directory.tokens[0]}`, 'x-forwarded-for': from };
    return new Promise((resolve, reject) => {
      const path = `/v1/directory?${query}`;
      const one = request({ host: '127.0.0.1', port, path, agent: this.#agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () =>
          response.statusCode === 200
            ? resolve(JSON.parse(text) as Page)
            : reject(new Error(`${path}: ${response.statusCode} ${text}`)),
        );
      });
      one.on('error', reject).end();
    });
  }
}
