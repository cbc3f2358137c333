import { Agent, get } from 'node:http';
import type { NowPort } from '@unisono/assistant';
import type { StoredBinding } from '@unisono/gateway';
import type { Logger } from '@unisono/platform';
import type { Clock } from '@unisono/sip';
import type { Store } from '../stores/open-store.ts';
import type { LiveNow } from './now-socket.ts';

const ASK_MS = 1000;
const NOTHING: LiveNow = { calls: [], trunks: [] };

/** What is going on at the gateway of another process, as it was a second ago at most. */
export interface NowMirror {
  readonly now: NowPort;
  close(): void;
}

/** Asks the gateway of the same data folder every second, and the database for contacts. While no gateway runs nothing is going on. */
export function followNow(path: string, store: Store, clock: Clock, log: Logger): NowMirror {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let live = NOTHING;
  let isThere: boolean | undefined;
  const learned = (answer: LiveNow | undefined, why?: string): void => {
    live = answer ?? NOTHING;
    if (isThere === (answer !== undefined)) return;
    isThere = answer !== undefined;
    if (isThere) log.info({}, 'the gateway of this data folder is there');
    else log.warn({ path, because: why }, 'no gateway answers in this data folder: start it with unisono gateway');
  };
  const turn = {
    onTimer: () => {
      ask(path, agent).then(learned, (error: Error) => learned(undefined, error.message));
      timer = clock.startTimer(ASK_MS, turn, 'now');
    },
  };
  let timer = clock.startTimer(0, turn, 'now');
  return {
    now: {
      contacts: () => (isThere === true ? contactsOf(store, clock.epochMs()) : []),
      calls: () => live.calls,
      trunks: () => live.trunks,
    },
    close: () => {
      timer.cancel();
      agent.destroy();
    },
  };
}

function ask(socketPath: string, agent: Agent): Promise<LiveNow> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, agent, path: '/', timeout: ASK_MS }, (response) => {
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
