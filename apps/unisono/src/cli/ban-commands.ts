import { type Ban, isAddressBlock, sourceOf } from '@unisono/sbc';
import { askToBan, askToLift, readBans } from '../stores/ban-store.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';
import { withStore } from './open-data.ts';
import { readSpanMs } from './span.ts';
import { table } from './table.ts';

interface Given {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `unisono bans list` */
export function listBans(console: Console, { json, config, data }: Given): Promise<ExitCode> {
  return withStore(console, { config, data }, false, (store) => {
    const bans = readBans(store, console.epochMs());
    if (json === true) for (const ban of bans) console.out(JSON.stringify(plain(ban)));
    else for (const line of banTable(bans)) console.out(line);
    return EXIT.done;
  });
}

/** `unisono bans lift ADDRESS` */
export function liftBan(console: Console, address: string, { json, config, data }: Given): Promise<ExitCode> {
  return withStore(console, { config, data }, false, (store) => {
    const count = askToLift(store, [...new Set([address, sourceOf(address)])], console.epochMs());
    if (count === 0) {
      console.error(`${address} is not banned: unisono bans list shows who is.`);
      return EXIT.failed;
    }
    console.out(
      json === true
        ? JSON.stringify({ lifted: address })
        : `Lifted. A running system hears ${address} again within a second.`,
    );
    return EXIT.done;
  });
}

/** `unisono bans add ADDRESS` */
export function addBan(
  console: Console,
  address: string,
  {
    json,
    config,
    data,
    ...given
  }: Given & { readonly for?: string | undefined; readonly because?: string | undefined },
): Promise<ExitCode> {
  const forMs = given.for === undefined ? undefined : readSpanMs(given.for);
  if (!isAddressBlock(address) || Number.isNaN(forMs)) {
    const wrong = isAddressBlock(address) ? `--for ${given.for}` : address;
    console.error(`${wrong} is not right: an address or network like 192.0.2.0/24, and --for 90m, 12h or 7d.`);
    return Promise.resolve(EXIT.usage);
  }
  return withStore(console, { config, data }, false, (store) => {
    const nowMs = console.epochMs();
    const ban: Ban = {
      source: address.includes('/') ? address : sourceOf(address),
      scope: 'all',
      because: given.because ?? 'by an operator',
      sinceMs: nowMs,
      untilMs: forMs === undefined ? undefined : nowMs + forMs,
      level: 0,
    };
    askToBan(store, ban);
    console.out(
      json === true
        ? JSON.stringify(plain(ban))
        : `Banned: ${ban.source}. A running system takes note within a second.`,
    );
    return EXIT.done;
  });
}

function plain({ sinceMs, untilMs, ...ban }: Ban) {
  const until = untilMs === undefined ? null : new Date(untilMs).toISOString();
  return { ...ban, since: new Date(sinceMs).toISOString(), until };
}

function banTable(bans: readonly Ban[]): string[] {
  if (bans.length === 0) return ['Nobody is banned.'];
  const rows = bans.map((ban) => {
    const { since, until } = plain(ban);
    const what = ban.scope === 'all' ? 'everything' : 'datagrams';
    const times = ban.level === 0 ? '' : String(ban.level);
    return [ban.source, what, since.slice(0, 19), until?.slice(0, 19) ?? 'lifted by hand', times, ban.because];
  });
  return table(['source', 'not heard', 'since, UTC', 'until, UTC', 'times', 'because'], rows);
}
