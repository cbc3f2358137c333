import type { NowPort } from '@unisono/assistant';
import type { CallRecord } from '@unisono/gateway';
import type { Node } from '../start/node.ts';
import type { NowSource } from './now-socket.ts';

/** What is going on at the gateway of this process. */
export function nowPort({ gateway }: Node): NowPort {
  return {
    contacts: () =>
      gateway.contactsNow().map(({ device, userAgent, transport, address, expiresAtMs }) => {
        return { device, userAgent, transport, address, expiresAtMs };
      }),
    calls: () => gateway.callsNow().map(callNow),
    changedCalls: (mark) => gateway.userCallFeed.changedAfter(mark),
    trunks: () => gateway.snapshot().trunks,
  };
}

/** The same for an Assistant in a process of its own, which hears of changes. */
export function nowSource(node: Node): NowSource {
  return { now: nowPort(node), onCallsChanged: (listener) => node.gateway.userCallFeed.onChange(listener) };
}

function callNow({ id, caller, callee, dialled, startedAtMs, answeredAtMs }: CallRecord) {
  const name = (party: CallRecord['callee']): string | undefined =>
    party && [party.number ?? 'withheld', party.name].filter((part) => part !== undefined).join(' ');
  const users = [caller.user, callee?.user].filter((user) => user !== undefined);
  return { id, caller: name(caller) ?? '', callee: name(callee) ?? dialled, startedAtMs, answeredAtMs, users };
}
