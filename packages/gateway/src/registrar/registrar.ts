import type { System } from '@unisono/pbx';
import {
  type Clock,
  detached,
  encodeUtf8,
  type Flow,
  isBehindNat,
  makeResponse,
  numericTarget,
  parseNameAddr,
  parseUri,
  type Random,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type Target,
} from '@unisono/sip';
import type { Log, RegistrationStore, StoredBinding } from '../ports.ts';
import { type Binding, clientKey, type DeviceKey, deskKey, LocationTable } from './location.ts';
import {
  bindingKey,
  DEFAULT_EXPIRY,
  type ExpiryPolicy,
  type RequestedContact,
  readRegister,
  sameContact,
} from './registration.ts';

/** Who registers: authenticated already. */
export type Registrant =
  | { readonly kind: 'desk'; readonly station: string }
  | {
      readonly kind: 'client';
      readonly ufipDevice: string;
      /** Installation whose credentials were used; no contact outlives them. */
      readonly installation?: string | undefined;
      readonly validUntilMs?: number | undefined;
    };

export interface RegistrarOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: RegistrationStore;
  readonly log: Log;
  readonly system: () => System;
  readonly expiry?: ExpiryPolicy | undefined;
  /** Told of each contact that was not there before. */
  readonly onBound?: ((binding: Binding) => void) | undefined;
  /** Tells which installations of clients may not sign in any more: their stored contacts are not taken up again. */
  readonly isRevoked?: ((installation: string) => boolean) | undefined;
}

/** How often expired contacts are swept out. */
const SWEEP_INTERVAL_MS = 5_000;

/** The registrar (RFC 3261 §10.3) with Path (RFC 3327) and Outbound (RFC 5626). */
export class Registrar {
  readonly locations = new LocationTable();
  readonly #options: RegistrarOptions;
  readonly #expiry: ExpiryPolicy;
  #isSweeping = false;
  /** Contacts that the REGISTER in hand has brought, also those of devices that were started anew. */
  #bound: Binding[] = [];

  constructor(options: RegistrarOptions) {
    this.#options = options;
    this.#expiry = options.expiry ?? DEFAULT_EXPIRY;
    for (const stored of options.store.load()) this.#restore(stored);
  }

  /** Answers an authenticated REGISTER. */
  register(transaction: ServerTransaction, registrant: Registrant): void {
    this.#bound = [];
    transaction.respond(this.#answer(transaction.request, transaction.flow, registrant));
    for (const binding of this.#bound.splice(0)) this.#options.onBound?.(binding);
  }

  /** Forgets contacts of devices that are no longer configured. */
  onSystemChanged(system: System): void {
    for (const binding of [...this.locations.all()]) {
      if (!LocationTable.isConfigured(system, binding.device)) this.drop(binding);
    }
  }

  /** Forgets the contacts of an installation whose credentials were revoked. Its running calls go on. */
  dropInstallation(installation: string): void {
    const bindings = [...this.locations.all()].filter((binding) => binding.installation === installation);
    for (const binding of bindings) {
      this.#options.log.info({ installation }, 'contact dropped: its credentials were revoked');
      this.drop(binding);
    }
  }

  /** A connection closed: contacts that were reached by it alone are gone (RFC 5626 §5.3). */
  onFlowClosed(flow: Flow): void {
    for (const binding of this.locations.onFlow(flow)) {
      if (binding.flowOnly) this.drop(binding);
      else binding.flow = undefined;
    }
  }

  drop(binding: Binding): void {
    if (this.locations.remove(binding)) this.#options.store.remove(binding.device, binding.key);
  }

  /** The way to a contact: its open flow, its address, or where its REGISTER came from. */
  hopTo(binding: Binding): Flow | Target | undefined {
    if (binding.flow?.isOpen && (binding.flowOnly || binding.flow.isReliable)) return binding.flow;
    const path = binding.path[0];
    const uri = parseUri(path === undefined ? binding.contactUri : (parseNameAddr(path)?.uriText ?? ''));
    const target = uri && (uri.scheme === 'sip' || uri.scheme === 'sips') ? numericTarget(uri) : undefined;
    if (target && !binding.flowOnly) return withTransport(target, binding);
    if (binding.transport !== 'udp') return undefined;
    return { transport: 'udp', address: binding.address, port: binding.port };
  }

  onTimer(): void {
    this.#isSweeping = false;
    const nowMs = this.#options.clock.epochMs();
    for (const binding of [...this.locations.all()]) if (binding.expiresAtMs <= nowMs) this.drop(binding);
    this.#sweepLater();
  }

  #sweepLater(): void {
    if (this.#isSweeping || this.locations.size === 0) return;
    this.#isSweeping = true;
    this.#options.clock.startTimer(SWEEP_INTERVAL_MS, this, 'sweep');
  }

  #answer(request: SipRequest, flow: Flow, registrant: Registrant): SipResponse {
    const device = registrant.kind === 'desk' ? deskKey(registrant.station) : clientKey(registrant.ufipDevice);
    const command = readRegister(request, this.#expiry);
    switch (command.kind) {
      case 'refuse':
        return this.#refuse(request, command.status, command.reason, command.minSec);
      case 'query':
        return this.#listing(request, device);
      case 'remove-all':
        return this.#removeAll(request, device);
      case 'update':
        return this.#update(request, flow, device, command.contacts, registrant);
    }
  }

  #maxContacts(registrant: Registrant): number {
    const system = this.#options.system();
    if (registrant.kind === 'desk') return system.stations.get(registrant.station)?.device?.maxContacts ?? 1;
    return system.ufipDevices.get(registrant.ufipDevice)?.maxContacts ?? 1;
  }

  #removeAll(request: SipRequest, device: DeviceKey): SipResponse {
    const bindings = this.locations.contacts(device, this.#options.clock.epochMs());
    if (bindings.some((binding) => isOutOfOrder(binding, request)))
      return this.#refuse(request, 500, 'CSeq Out Of Order');
    for (const binding of bindings) this.drop(binding);
    return this.#listing(request, device);
  }

  /** All contacts of one REGISTER are taken or none (RFC 3261 §10.3 step 7). */
  #update(
    request: SipRequest,
    flow: Flow,
    device: DeviceKey,
    contacts: readonly RequestedContact[],
    registrant: Registrant,
  ): SipResponse {
    const existing = contacts.map((requested) => this.#find(device, requested));
    if (existing.some((binding) => binding && isOutOfOrder(binding, request))) {
      return this.#refuse(request, 500, 'CSeq Out Of Order');
    }
    contacts.forEach((requested, i) => {
      const known = existing[i];
      if (known) this.locations.remove(known);
      if (known && (requested.expiresSec === 0 || known.key !== bindingKey(requested))) {
        this.#options.store.remove(known.device, known.key);
      }
      if (requested.expiresSec === 0) return;
      const binding = this.#bind(request, flow, device, requested, registrant);
      // A device that was started anew (another Call-ID) has lost what rang at it.
      if (known?.callId !== binding.callId) this.#bound.push(binding);
    });
    this.#makeRoom(device, this.#maxContacts(registrant));
    this.#sweepLater();
    return this.#listing(request, device);
  }

  #find(device: DeviceKey, requested: RequestedContact): Binding | undefined {
    const exact = this.locations.get(device, bindingKey(requested));
    if (exact) return exact;
    const { contact, instance } = requested;
    return this.locations
      .contacts(device, 0)
      .find((known) =>
        known.instance !== undefined && instance !== undefined
          ? known.instance === instance && known.regId === requested.regId
          : sameContact(known.contactUri, contact.uriText),
      );
  }

  #bind(
    request: SipRequest,
    flow: Flow,
    device: DeviceKey,
    requested: RequestedContact,
    registrant: Registrant,
  ): Binding {
    // Copies: slices would hold the whole REGISTER for as long as the contact lives.
    const path = request.headers.list('Path').map(detached);
    const contactUri = detached(requested.contact.uriText);
    const key = bindingKey(requested);
    const { installation, validUntilMs = Number.POSITIVE_INFINITY } =
      registrant.kind === 'client' ? registrant : NO_CREDENTIALS;
    const binding: Binding = {
      device,
      key: key === contactUri ? contactUri : detached(key),
      contactUri,
      path,
      instance: requested.instance === undefined ? undefined : detached(requested.instance),
      regId: requested.regId,
      callId: detached(request.callId),
      sequence: request.cseq.sequence,
      expiresAtMs: Math.min(this.#options.clock.epochMs() + requested.expiresSec * 1_000, validUntilMs),
      userAgent: detached(request.headers.get('User-Agent') ?? ''),
      transport: flow.transport,
      address: flow.remoteAddress,
      port: flow.remotePort,
      flowOnly: path.length === 0 && (isBehindNat(request, flow) || isUnroutable(requested, flow)),
      installation,
      flow,
      missedKeepAlives: 0,
    };
    this.locations.put(binding);
    this.#options.store.save(toStored(binding));
    return binding;
  }

  /** A device that registers more contacts than it may keeps its newest: a phone that came back with a new address works. */
  #makeRoom(device: DeviceKey, maxContacts: number): void {
    const contacts = this.locations.contacts(device, this.#options.clock.epochMs());
    if (contacts.length <= maxContacts) return;
    for (const binding of contacts.slice(0, contacts.length - maxContacts)) {
      this.#options.log.info({ device: binding.device }, 'contact replaced: the device may not have more at once');
      this.drop(binding);
    }
  }

  #listing(request: SipRequest, device: DeviceKey): SipResponse {
    const nowMs = this.#options.clock.epochMs();
    const response = makeResponse(request, 200, { toTag: this.#options.random.hex(8) });
    for (const binding of this.locations.contacts(device, nowMs)) {
      response.headers.append('Contact', contactValue(binding, nowMs));
    }
    response.headers.copy('Path', request.headers);
    if (usesOutbound(request)) response.headers.append('Require', 'outbound');
    response.headers.append('Date', new Date(nowMs).toUTCString());
    return response;
  }

  #refuse(request: SipRequest, status: number, reason: string, minSec?: number): SipResponse {
    const response = makeResponse(request, status, { reason, toTag: this.#options.random.hex(8) });
    if (minSec !== undefined) response.headers.append('Min-Expires', String(minSec));
    return response;
  }

  #restore(stored: StoredBinding): void {
    const isAlive = stored.expiresAtMs > this.#options.clock.epochMs();
    const isReachable = stored.transport === 'udp' || !stored.flowOnly;
    const isRevoked = stored.installation !== undefined && this.#options.isRevoked?.(stored.installation) === true;
    if (isAlive && isReachable && !isRevoked && LocationTable.isConfigured(this.#options.system(), stored.device)) {
      this.locations.put({ ...stored, flow: undefined, missedKeepAlives: 0 });
    } else this.#options.store.remove(stored.device, stored.key);
    this.#sweepLater();
  }
}

/** What a configured account says of credentials: nothing. */
const NO_CREDENTIALS: { readonly installation?: undefined; readonly validUntilMs?: undefined } = {};

/** A request of the same registration (Call-ID) must count up (RFC 3261 §10.3 step 7). */
function isOutOfOrder(binding: Binding, request: SipRequest): boolean {
  return binding.callId === request.callId && request.cseq.sequence <= binding.sequence;
}

function usesOutbound(request: SipRequest): boolean {
  return (
    request.headers.hasToken('Supported', 'outbound') && /;\s*reg-id\s*=/i.test(request.headers.get('Contact') ?? '')
  );
}

/** A contact with a name that no resolver knows (`.invalid`, RFC 7118), or on a WebSocket. */
function isUnroutable(requested: RequestedContact, flow: Flow): boolean {
  const uri = parseUri(requested.contact.uriText);
  if (!uri || (uri.scheme !== 'sip' && uri.scheme !== 'sips')) return true;
  return flow.transport === 'ws' || flow.transport === 'wss' || uri.host.endsWith('.invalid');
}

function contactValue(binding: Binding, nowMs: number): string {
  const instance = binding.instance === undefined ? '' : `;+sip.instance="${binding.instance}"`;
  const regId = binding.regId === undefined ? '' : `;reg-id=${binding.regId}`;
  const expiresSec = Math.max(1, Math.round((binding.expiresAtMs - nowMs) / 1_000));
  return encodeUtf8(`<${binding.contactUri}>;expires=${expiresSec}${instance}${regId}`);
}

/** A contact without a transport parameter is reached the way it registered. */
function withTransport(target: Target, binding: Binding): Target {
  const says = /;transport=/i.test(binding.contactUri);
  if (says || binding.path.length > 0 || target.transport === binding.transport) return target;
  return { ...target, transport: binding.transport };
}

function toStored(binding: Binding): StoredBinding {
  const { flow: _flow, missedKeepAlives: _missed, ...stored } = binding;
  return stored;
}
