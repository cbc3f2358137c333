import type { NowPort } from '@unisono/assistant';
import type { CallRecord } from '@unisono/gateway';
import type { Node } from '../start/node.ts';

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

function callNow({ id, caller, callee, dialled, startedAtMs, answeredAtMs }: CallRecord) {
  const name = (party: CallRecord['callee']): string | undefined =>
    party && [party.number ?? 'withheld', party.name].filter((part) => part !== undefined).join(' ');
  const users = [caller.user, callee?.user].filter((user) => user !== undefined);
  return { id, caller: name(caller) ?? '', callee: name(callee) ?? dialled, startedAtMs, answeredAtMs, users };
}
