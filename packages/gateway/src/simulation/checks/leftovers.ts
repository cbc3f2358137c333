import type { World } from '../world.ts';
import type { Check, CheckContext } from './check.ts';

/** Timers of a gateway that has nothing to do: supervision of clients, of trunks, of expiring contacts and of its own load. */
const IDLE_TIMERS = new Set([
  'LoadMeter tick',
  // Supervision of clients.
  'Repeater again',
  'Registrar sweep',
  'TrunkLink options',
  'TrunkLink register',
]);

/** When the last call has ended, nothing of it is left. */
export function nothingLeft({ report }: CheckContext, world: World): Check {
  return {
    name: 'nothing left',
    atEnd() {
      for (const [what, count] of leftovers(world)) if (count > 0) report(`${count} ${what} left`);
      const timers = world.gatewayClock.running().filter((name) => !IDLE_TIMERS.has(name));
      if (timers.length > 0) report(`timers left: ${timers.join(', ')}`);
      for (const octets of world.wire.unreadable) report(`the gateway sent what is no message: ${octets}`);
    },
  };
}

function leftovers(world: World): readonly (readonly [string, number])[] {
  const { gateway } = world;
  const snapshot = gateway.snapshot();
  const transactions = [...gateway.ua.layer.snapshot()].filter(({ key }) => !/ (?:OPTIONS|REGISTER)$/.test(key));
  return [
    ['calls', snapshot.calls],
    ['sessions', snapshot.sessions],
    [
      `transactions (${transactions.map(({ side, key, state }) => `${side} ${key} ${state}`).join('; ')})`,
      transactions.length,
    ],
    ['stations counted as busy', snapshot.busyStations],
    ['trunk channels', gateway.trunks.channels.total],
    ['RTP sockets', world.rtp.open],
    ['media endpoints running', world.media.snapshot().running],
  ];
}
