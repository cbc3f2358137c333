import { Agent, get } from 'node:http';
import type { ChangedCalls, NowPort } from '@unisono/assistant';
import type { StoredBinding } from '@unisono/gateway';
import type { UserCall } from '@unisono/pbx';
import type { Logger } from '@unisono/platform';
import type { Clock } from '@unisono/sip';
import type { Store } from '../stores/open-store.ts';
import type { LiveNow } from './now-socket.ts';

const ASK_MS = 1000;
const NOTHING: LiveNow = { calls: [], trunks: [], changed: { mark: 0, stations: [] } };

/** What is going on at the gateway of another process, as it was a second ago at most. */
export interface NowMirror {
  readonly now: NowPort;
  close(): void;
}

/** Asks the gateway of the same data folder every second, and the database for contacts. While no gateway runs nothing is going on. */
export function followNow(path: string, store: Store, clock: Clock, log: Logger): NowMirror {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let live = NOTHING;
  const changes = new Changes();
  let isThere: boolean | undefined;
  const learned = (answer: LiveNow | undefined, why?: string): void => {
    live = answer ?? NOTHING;
    changes.take(live.changed);
    if (isThere === (answer !== undefined)) return;
    isThere = answer !== undefined;
    if (isThere) log.info({}, 'the gateway of this data folder is there');
    else log.warn({ path, because: why }, 'no gateway answers in this data folder: start it with unisono gateway');
  };
  const turn = {
    onTimer: () => {
      ask(path, agent, changes.theirMark).then(learned, (error: Error) => learned(undefined, error.message));
      timer = clock.startTimer(ASK_MS, turn, 'now');
    },
  };
  let timer = clock.startTimer(0, turn, 'now');
  return {
    now: {
      contacts: () => (isThere === true ? contactsOf(store, clock.epochMs()) : []),
      calls: () => live.calls,
      changedCalls: (mark) => changes.after(mark),
      trunks: () => live.trunks,
    },
    close: () => {
      timer.cancel();
      agent.destroy();
    },
  };
}

/** What has changed about calls, from the answers of a gateway that may have been started anew. */
class Changes {
  theirMark = 0;
  #mark = 0;
  readonly #stations = new Map<string, { readonly mark: number; readonly calls: readonly UserCall[] }>();

  take({ mark, stations }: ChangedCalls): void {
    // It counts from the beginning, or is not there: what was running runs no more.
    if (mark < this.theirMark)
      for (const [station, { calls }] of this.#stations) if (calls.length > 0) this.#put(station, []);
    this.theirMark = mark;
    for (const { station, calls } of stations) this.#put(station, calls);
  }

  after(mark: number): ChangedCalls {
    const changed = [...this.#stations].filter(([, one]) => one.mark > mark);
    return { mark: this.#mark, stations: changed.map(([station, { calls }]) => ({ station, calls })) };
  }

  #put(station: string, calls: readonly UserCall[]): void {
    this.#stations.set(station, { mark: ++this.#mark, calls });
  }
}

function ask(socketPath: string, agent: Agent, mark: number): Promise<LiveNow> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, agent, path: `/?after=${mark}`, timeout: ASK_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => resolve(JSON.parse(text) as LiveNow));
    });
    request.on('timeout', () => request.destroy(new Error('it does not answer')));
    request.on('error', reject);
  });
}

function contactsOf({ read, query }: Store, nowMs: number) {
  const rows = read(query.selectFrom('registrations').select('binding').where('expires_at_ms', '>', nowMs));
  return rows.map(({ binding }) => {
    const { device, userAgent, transport, address, expiresAtMs } = JSON.parse(binding) as StoredBinding;
    return { device, userAgent, transport, address, expiresAtMs };
  });
}
