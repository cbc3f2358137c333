import { type AccountOwner, identify, type System } from '@unisono/pbx';
import {
  type DigestRefusal,
  DigestServer,
  type Flow,
  isIpv4,
  isIpv6,
  makeResponse,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type UasInvite,
  type UserAgentHandler,
} from '@unisono/sip';
import type { AdmissionControl } from './admission/admission.ts';
import { Call } from './call/call.ts';
import { clientDevice, DESK_DEVICE, type DeviceRef } from './call/device-dialog.ts';
import { parseReplaces } from './call/refer-target.ts';
import type { CallServices } from './call/services.ts';
import { takeOver } from './call/takeover.ts';
import { watcherOf } from './events/event-packages.ts';
import type { GatewayOptions } from './gateway.ts';
import { Accounts, type ProvenAccount } from './identity/accounts.ts';
import { callerOfAccount, dialledByDevice, dialledByTrunk, isWithheld, trunkCaller } from './identity/caller.ts';
import { type IsBorder, type Origin, originOf } from './identity/origin.ts';
import { redirectionsOf } from './identity/redirections.ts';
import { type FoundTrunk, type TrunkSource, trunkBySource } from './identity/source.ts';
import type { ChannelLease } from './trunk/channels.ts';

/** Who sent a request, or the answer that asks for proof. */
type Sender =
  | ({ readonly kind: 'account'; readonly username: string } & ProvenAccount)
  | { readonly kind: 'trunk'; readonly source: TrunkSource }
  | { readonly kind: 'unproven'; readonly response: SipResponse };

/** Receives every request outside a dialog: finds out who sent it and hands it to registrar or call control. */
export class RequestDesk implements UserAgentHandler {
  readonly #options: GatewayOptions;
  readonly #admission: AdmissionControl;
  readonly #services: () => CallServices;
  readonly #registrarDigest: DigestServer;
  readonly #proxyDigest: DigestServer;
  readonly #accounts: Accounts;
  readonly #isBorder: IsBorder;

  constructor(options: GatewayOptions, admission: AdmissionControl, services: () => CallServices) {
    this.#options = options;
    this.#admission = admission;
    this.#services = services;
    const { company } = options.system.current().data;
    const realm = company.realm ?? company.domain;
    const { clock, random, nonceSecret: secret, digestAlgorithms: algorithms } = options;
    this.#registrarDigest = new DigestServer({ realm, secret, clock, random, algorithms });
    this.#proxyDigest = new DigestServer({ realm, secret, clock, random, algorithms, role: 'proxy' });
    this.#accounts = new Accounts(realm, () => clock.epochMs(), options.clients);
    this.#isBorder = options.isBorder ?? (() => false);
  }

  screen(request: SipRequest, flow: Flow): SipResponse | undefined {
    return this.#admission.screen(request, flow);
  }

  onInvite(invite: UasInvite): void {
    const services = this.#services();
    const { request, flow } = invite;
    const sender = this.#identify(request, flow, this.#proxyDigest);
    if (sender.kind === 'unproven') return invite.refuse(sender.response);
    if (invite.refusesTimer()) return;
    if (isInsecureSips(request, originOf(request, flow, this.#isBorder))) {
      return invite.reject(480, { headers: [['Warning', '380 unisono "SIPS Not Allowed"']] });
    }
    const system = services.system();
    const dialled =
      sender.kind === 'trunk'
        ? dialledByTrunk(request, sender.source)
        : dialledByDevice(request, this.#isOurs(request, flow), system);
    if (!dialled.ok) return invite.reject(dialled.status, { reason: dialled.reason });
    const replaces = request.headers.get('Replaces');
    if (replaces !== undefined && sender.kind === 'account') return this.#takeOver(invite, sender, replaces, services);
    const lease = sender.kind === 'trunk' ? this.#seizeInbound(sender.source, services) : undefined;
    if (sender.kind === 'trunk' && !lease)
      return invite.reject(503, { reason: 'All Channels Busy', headers: [['Retry-After', '10']] });
    const caller =
      sender.kind === 'trunk' ? trunkCaller(sender.source.group.id, request) : callerOfAccount(sender.owner, request);
    const incoming = {
      invite,
      caller,
      dialled: dialled.dialled,
      isWithheld: isWithheld(request),
      redirections:
        sender.kind === 'trunk' ? redirectionsOf(system, sender.source.group.id, request, services.domain()) : [],
      maxForwards: hopsLeft(request),
      lease,
      device: sender.kind === 'trunk' ? undefined : deviceOfAccount(sender),
    };
    new Call(services, incoming).start(incoming);
  }

  #takeOver(invite: UasInvite, account: ProvenAccount, value: string, services: CallServices): void {
    const replaced = parseReplaces(value);
    if (!replaced) return invite.reject(400, { reason: 'Malformed Replaces' });
    const identity = identify(services.system(), callerOfAccount(account.owner, invite.request));
    takeOver(services, { invite, identity, replaced, device: deviceOfAccount(account) });
  }

  onRequest(transaction: ServerTransaction): void {
    switch (transaction.request.method) {
      case 'REGISTER':
        return this.#onRegister(transaction);
      case 'OPTIONS':
        return this.#onOptions(transaction);
      case 'SUBSCRIBE':
        return this.#onSubscribe(transaction);
      case 'PUBLISH':
        return this.#services().ua.respond(transaction, 489);
      default:
        return this.#services().ua.refuseMethod(transaction);
    }
  }

  onFlowClosed(flow: Flow): void {
    this.#services().registrar.onFlowClosed(flow);
  }

  #onRegister(transaction: ServerTransaction): void {
    const { request, flow } = transaction;
    const services = this.#services();
    const system = services.system();
    const origin = originOf(request, flow, this.#isBorder);
    const outcome = this.#registrarDigest.verify(request, (username) => this.#accounts.secretsOf(system, username));
    // A challenge costs nothing to make again: nothing is kept of a request that only asks for one (RFC 3261 §8.2.7).
    if (!outcome.ok) {
      const { statelessTag } = transaction;
      return transaction.respondStateless(
        this.#challenge(request, origin, this.#registrarDigest, outcome.why, statelessTag),
      );
    }
    const found = this.#accounts.find(system, outcome.username);
    if (!found.ok) return transaction.reply(403, { reason: found.why });
    const { owner, ...credentials } = found.account;
    if (owner.kind === 'trunk') return transaction.reply(403, { reason: 'Account may not register' });
    if (!this.#mayBind(request, outcome.username, owner))
      return transaction.reply(403, { reason: 'Not your address of record' });
    if (!mayComeFrom(origin, owner, system)) {
      const { address } = origin;
      this.#options.log.info({ address, owner }, 'a desk phone outside may not register: its station is not remote');
      return transaction.reply(403, { reason: NOT_REMOTE });
    }
    services.registrar.register(transaction, { ...owner, ...credentials });
  }

  /** Devices follow what concerns their own user, and what the package lets them see of others. */
  #onSubscribe(transaction: ServerTransaction): void {
    const { request, flow } = transaction;
    const { events, ua, system } = this.#services();
    const found = events.find(transaction);
    if (!found) return ua.respond(transaction, 489, [['Allow-Events', events.names]]);
    const sender = this.#identify(request, flow, this.#proxyDigest);
    if (sender.kind === 'unproven') return transaction.respond(sender.response);
    const watcher = sender.kind === 'account' ? watcherOf(system(), sender.owner, sender.username) : undefined;
    if (!watcher) return transaction.reply(403, { reason: 'Nobody to tell of' });
    found.accept(transaction, watcher);
  }

  /** The address of record is the account, or the desk number of its user (RFC 3261 §10.3 steps 4 and 5). */
  #mayBind(request: SipRequest, username: string, owner: ProvenAccount['owner']): boolean {
    const { uri } = request.to;
    if (!uri || (uri.scheme !== 'sip' && uri.scheme !== 'sips')) return false;
    if (uri.user === username) return true;
    const number = deskNumberOf(this.#services().system(), owner);
    return number !== undefined && uri.user === number;
  }

  #onOptions(transaction: ServerTransaction): void {
    const { ua } = this.#services();
    const response = makeResponse(transaction.request, 200, { toTag: this.#options.random.hex(8) });
    response.headers.append('Accept', 'application/sdp');
    ua.fillResponse(response, ua.contactFor(transaction.flow, ''));
    transaction.respond(response);
  }

  #identify(request: SipRequest, flow: Flow, digest: DigestServer): Sender {
    const origin = originOf(request, flow, this.#isBorder);
    const system = this.#services().system();
    const hasCredentials = request.headers.has('Proxy-Authorization') || request.headers.has('Authorization');
    // No trunk comes through a border, whatever else is at its address.
    const source = hasCredentials || origin.isThroughBorder ? undefined : this.#trunkOf(system, request, flow);
    if (source && !(source.isByAddressAlone && this.#isFromAccount(system, request))) return { kind: 'trunk', source };
    const outcome = digest.verify(request, (username) => this.#accounts.secretsOf(system, username));
    if (!outcome.ok) return { kind: 'unproven', response: this.#challenge(request, origin, digest, outcome.why) };
    const found = this.#accounts.find(system, outcome.username);
    if (!found.ok) return { kind: 'unproven', response: makeResponse(request, 403, { reason: found.why }) };
    const { owner } = found.account;
    if (!mayComeFrom(origin, owner, system)) {
      return { kind: 'unproven', response: makeResponse(request, 403, { reason: NOT_REMOTE }) };
    }
    const trunk = owner.kind === 'trunk' ? trunkOf(system, owner) : undefined;
    return trunk ? { kind: 'trunk', source: trunk } : { kind: 'account', username: outcome.username, ...found.account };
  }

  /** A request of a phone that shares its host with a trunk: From names an account of ours. */
  #isFromAccount(system: System, request: SipRequest): boolean {
    const { uri } = request.from;
    if (!uri || uri.scheme === 'tel' || uri.scheme === 'other' || uri.user === undefined) return false;
    return this.#accounts.isAccount(system, uri.user);
  }

  #trunkOf(system: System, request: SipRequest, flow: Flow): FoundTrunk | undefined {
    const { trunks } = this.#services();
    return trunkBySource(system, request, flow, (group, trunk, address) => trunks.isLocatedAt(group, trunk, address));
  }

  #challenge(
    request: SipRequest,
    { address }: Origin,
    digest: DigestServer,
    why: DigestRefusal,
    statelessTag?: string,
  ): SipResponse {
    if (why !== 'missing' && why !== 'stale') {
      this.#options.log.info({ why, address, method: request.method }, 'credentials refused');
    }
    const response = makeResponse(request, digest.status, { toTag: statelessTag ?? this.#options.random.hex(8) });
    const stale = why === 'stale' || why === 'replayed';
    // What is kept nowhere has to be answered in the same words when it comes again.
    const repeatable = `${address} ${request.callId} ${request.via.branch} ${request.cseq.sequence}`;
    digest.challenge(response.headers, statelessTag === undefined ? { stale } : { stale, repeatable });
    return response;
  }

  /** Our domain, our addresses, and whatever name the phone was given for us: the one it calls itself by. */
  #isOurs(request: SipRequest, flow: Flow): (host: string) => boolean {
    const { company } = this.#services().system().data;
    const { uri } = request.from;
    const own = uri && uri.scheme !== 'tel' && uri.scheme !== 'other' ? uri.host : undefined;
    return (host) => host === company.domain || host === flow.localAddress || isAddress(host) || host === own;
  }

  #seizeInbound({ group, trunk }: TrunkSource, services: CallServices): ChannelLease | undefined {
    return services.trunks.channels.seize(group, trunk, false);
  }
}

const NOT_REMOTE = 'This Phone May Not Be Used From Outside';

/** Through a border come clients, and those desk phones that may. */
function mayComeFrom({ isThroughBorder }: Origin, owner: AccountOwner, system: System): boolean {
  if (!isThroughBorder || owner.kind !== 'desk') return true;
  return system.stations.get(owner.station)?.device?.remote ?? false;
}

/** Which of its user's devices signs in with the account. */
function deviceOfAccount({ owner, installation }: ProvenAccount): DeviceRef | undefined {
  if (owner.kind === 'trunk') return undefined;
  return owner.kind === 'desk' ? DESK_DEVICE : clientDevice(installation);
}

/** A sips URI over a hop that anybody can read (RFC 5630 §4.1.1). */
function isInsecureSips(request: SipRequest, { transport }: Origin): boolean {
  return /^sips:/i.test(request.uriText) && transport !== 'tls' && transport !== 'wss';
}

/** Names are checked against our domain; whoever dials an address that reached us means us. */
function isAddress(host: string): boolean {
  return isIpv4(host) || (host.startsWith('[') && isIpv6(host.slice(1, -1)));
}

/** The number at which the user of a device is known. */
function deskNumberOf(system: System, owner: AccountOwner): string | undefined {
  if (owner.kind === 'trunk') return undefined;
  if (owner.kind === 'desk') return system.stations.get(owner.station)?.number;
  const user = system.users.get(system.ufipDevices.get(owner.ufipDevice)?.user ?? '');
  return system.stations.get(user?.deskStation ?? '')?.number;
}

function trunkOf(system: System, owner: AccountOwner & { kind: 'trunk' }): TrunkSource | undefined {
  const group = system.trunkGroups.get(owner.trunkGroup);
  const trunk = group?.trunks.find((one) => one.id === owner.trunk);
  return group && trunk && group.enabled && trunk.enabled ? { group, trunk } : undefined;
}

function hopsLeft(request: SipRequest): number {
  const text = request.headers.get('Max-Forwards');
  const hops = text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : 70;
  return Math.max(0, Math.min(hops, 70) - 1);
}
