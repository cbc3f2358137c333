import { BlockList, isIP, isIPv6 } from 'node:net';
import type { System, Trunk, TrunkGroup } from '@unisono/pbx';
import type { Flow, SipRequest } from '@unisono/sip';
import { contactUserOf } from '../trunk/trunk-address.ts';

/** The trunk a request came from. */
export interface TrunkSource {
  readonly group: TrunkGroup;
  readonly trunk: Trunk;
}

/** A trunk found by where a request came from. */
export interface FoundTrunk extends TrunkSource {
  /** Its port said nothing: a phone on the same host looks the same. */
  readonly isByAddressAlone: boolean;
}

/**
 * Finds the trunk that a request came from by its source address. A peer with a port of its own is recognised by it too,
 * unless its source addresses are listed, and wins over one that is known by address alone.
 */
export function trunkBySource(
  system: System,
  request: SipRequest,
  flow: Flow,
  isLocatedAt: LocatedAt = () => false,
): FoundTrunk | undefined {
  let byAddress: FoundTrunk | undefined;
  for (const group of system.trunkGroups.values()) {
    if (!group.enabled) continue;
    for (const trunk of group.trunks) {
      if (!trunk.enabled) continue;
      if (!isFrom(trunk, flow.remoteAddress) && !isNamedHost(group, trunk, flow.remoteAddress, isLocatedAt)) continue;
      const isByPort = trunk.peer.port === sourcePort(request, flow) || isOurContact(trunk, request);
      if (isByPort) return { group, trunk, isByAddressAlone: false };
      const sendsFromAnyPort = trunk.peer.port === undefined || trunk.sourceAddresses.length > 0;
      if (sendsFromAnyPort) byAddress ??= { group, trunk, isByAddressAlone: true };
    }
  }
  return byAddress;
}

/** Tells whether the name of a trunk's host leads to an address. */
export type LocatedAt = (group: string, trunk: string, address: string) => boolean;

/** Without source addresses of its own a trunk calls from the addresses of its host, which may be a name. */
function isNamedHost(group: TrunkGroup, trunk: Trunk, address: string, isLocatedAt: LocatedAt): boolean {
  return trunk.sourceAddresses.length === 0 && isLocatedAt(group.id, trunk.id, address);
}

/** A provider may send from another port than it registers us at, but then it calls the contact that we registered. */
function isOurContact(trunk: Trunk, request: SipRequest): boolean {
  const user = contactUserOf(trunk);
  return user !== undefined && request.uriText.startsWith(`sip:${user}@`);
}

/** Over a connection the source port is any; what the peer writes into Via is its own. */
function sourcePort(request: SipRequest, flow: Flow): number {
  return flow.isReliable ? (request.via.port ?? (flow.transport === 'tls' ? 5061 : 5060)) : flow.remotePort;
}

/** Source addresses of which it is remembered whether they are a trunk's. */
const MAX_REMEMBERED = 1_024;

interface Sources {
  readonly list: BlockList;
  /** Asking the list costs as much as parsing the request. */
  readonly known: Map<string, boolean>;
}

const sources = new WeakMap<Trunk, Sources>();

function isFrom(trunk: Trunk, address: string): boolean {
  let of = sources.get(trunk);
  if (!of) {
    of = { list: listOf(trunk), known: new Map() };
    sources.set(trunk, of);
  }
  const known = of.known.get(address);
  if (known !== undefined) return known;
  const found = of.list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  if (of.known.size >= MAX_REMEMBERED) of.known.clear();
  of.known.set(address, found);
  return found;
}

function listOf(trunk: Trunk): BlockList {
  const list = new BlockList();
  const blocks = trunk.sourceAddresses.length > 0 ? trunk.sourceAddresses : [trunk.peer.host];
  for (const block of blocks) {
    const [address = '', bits] = block.replace(/^\[|\]$/g, '').split('/');
    if (isIP(address) === 0) continue;
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
