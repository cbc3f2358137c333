import { Agent, get } from 'node:http';
import type { ChangedCalls, NowPort } from '@unisono/assistant';
import type { StoredBinding } from '@unisono/gateway';
import type { UserCall } from '@unisono/pbx';
import type { Logger } from '@unisono/platform';
import type { Clock } from '@unisono/sip';
import type { Store } from '../stores/open-store.ts';
import { CHANGES_PATH, HOLD_MS, type LiveNow } from './now-socket.ts';

const ASK_MS = 1000;
/** Changes that follow each other faster are heard together. */
const GATHER_MS = 20;
const NOTHING: LiveNow = { calls: [], trunks: [] };
const NOTHING_RUNS: ChangedCalls = { mark: 0, stations: [] };

/** What is going on at the gateway of another process: changes of calls as they happen, the rest as it was a second ago at most. */
export interface NowMirror {
  readonly now: NowPort;
  close(): void;
}

/**
 * Asks the gateway of the same data folder every second, and the database for contacts; one request waits there for changes of calls. While no
 * gateway runs nothing is going on.
 */
export function followNow(path: string, store: Store, clock: Clock, log: Logger): NowMirror {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  let live = NOTHING;
  let isThere: boolean | undefined;
  const learned = (picture: LiveNow | undefined, why?: string): void => {
    live = picture ?? NOTHING;
    if (isThere === (picture !== undefined)) return;
    isThere = picture !== undefined;
    if (isThere) log.info({}, 'the gateway of this data folder is there');
    else log.warn({ path, because: why }, 'no gateway answers in this data folder: start it with unisono gateway');
  };
  const changes = new Changes();
  const stopLooking = again(clock, async () => {
    await ask<LiveNow>(path, agent, '/', ASK_MS).then(learned, (error: Error) => learned(undefined, error.message));
    return ASK_MS;
  });
  const stopHearing = again(clock, () =>
    ask<ChangedCalls>(path, agent, `${CHANGES_PATH}?after=${changes.theirMark}`, 2 * HOLD_MS).then(
      (changed) => {
        changes.take(changed);
        return GATHER_MS;
      },
      () => {
        changes.take(NOTHING_RUNS);
        return ASK_MS;
      },
    ),
  );
  return {
    now: {
      contacts: () => (isThere === true ? contactsOf(store, clock.epochMs()) : []),
      calls: () => live.calls,
      changedCalls: (mark) => changes.after(mark),
      trunks: () => live.trunks,
    },
    close: () => {
      stopLooking();
      stopHearing();
      agent.destroy();
    },
  };
}

/** Does it again and again, each time so long after the last one as that says. Gives the function that ends it. */
function again(clock: Clock, work: () => Promise<number>): () => void {
  let isOver = false;
  const turn = {
    onTimer: async () => {
      const pauseMs = await work();
      if (!isOver) timer = clock.startTimer(pauseMs, turn, 'now');
    },
  };
  let timer = clock.startTimer(0, turn, 'now');
  return () => {
    isOver = true;
    timer.cancel();
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

function ask<Answer>(socketPath: string, agent: Agent, path: string, timeout: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, agent, path, timeout }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => resolve(JSON.parse(text) as Answer));
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
