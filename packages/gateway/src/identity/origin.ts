import { type Flow, findParam, type SipRequest } from '@unisono/sip';

/** Where a request came from before it reached this node. */
export interface Origin {
  /** True when it came through a border: from outside. */
  readonly isThroughBorder: boolean;
  readonly transport: string;
  readonly address: string;
  readonly port: number;
}

/** What a border writes of the way on which a message came in: `wss;address=198.51.100.7;port=50000`. */
export const SOURCE_HEADER = 'P-Unisono-Source';

/** Tells whether messages from an address are those of a border of ours. */
export type IsBorder = (address: string) => boolean;

/** Whom a request comes from; what it says itself is believed of our borders alone. */
export function originOf(request: SipRequest, flow: Flow, isBorder: IsBorder): Origin {
  const own = { transport: flow.transport, address: flow.remoteAddress, port: flow.remotePort };
  if (!isBorder(flow.remoteAddress)) return { isThroughBorder: false, ...own };
  const value = request.headers.get(SOURCE_HEADER);
  const semicolon = value?.indexOf(';') ?? -1;
  if (value === undefined || semicolon < 0) return { isThroughBorder: true, ...own };
  const params = value.slice(semicolon);
  return {
    isThroughBorder: true,
    transport: value.slice(0, semicolon),
    address: findParam(params, 'address') ?? own.address,
    port: Number(findParam(params, 'port') ?? own.port),
  };
}
