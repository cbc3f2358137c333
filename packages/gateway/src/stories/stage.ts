import assert from 'node:assert/strict';
import type { SystemData, UserSettingsPatch } from '@unisono/pbx';
import { PROVIDER_ADDRESSES, simulatedCompany } from '../simulation/company.ts';
import type { SimEndpoint } from '../simulation/endpoint.ts';
import type { PhoneCall, SimPhone } from '../simulation/phone.ts';
import type { SimProvider } from '../simulation/provider.ts';
import { World, type WorldOptions } from '../simulation/world.ts';

/** Time in which everything that happens at once has happened. */
const AT_ONCE_MS = 300;

/** Anna with a desk phone and two clients, Ben and Carla with desk phones, David with a mobile alone, and a provider. */
export class Stage {
  readonly world: World;
  readonly annaDesk: SimPhone;
  readonly annaWeb: SimPhone;
  readonly annaMobile: SimPhone;
  readonly benDesk: SimPhone;
  readonly carlaDesk: SimPhone;
  readonly davidMobile: SimPhone;
  readonly provider: SimProvider;
  readonly #names: ReadonlyMap<SimEndpoint, string>;

  constructor(options: Partial<WorldOptions> = {}) {
    const adapt = (demo: SystemData) => (options.adapt ?? same)(simulatedCompany(demo));
    this.world = new World({ seed: 1, network: { delayMs: 5 }, ...options, adapt });
    this.annaDesk = this.world.deskPhone('4020');
    this.annaWeb = this.world.client('ufip-anna', 'tcp');
    this.annaMobile = this.world.client('ufip-anna');
    this.benDesk = this.world.deskPhone('4021');
    this.carlaDesk = this.world.deskPhone('4022', 'tcp');
    this.davidMobile = this.world.client('ufip-david');
    this.provider = this.world.provider(PROVIDER_ADDRESSES.first);
    this.#names = new Map<SimEndpoint, string>([
      [this.annaDesk, 'annaDesk'],
      [this.annaWeb, 'annaWeb'],
      [this.annaMobile, 'annaMobile'],
      [this.benDesk, 'benDesk'],
      [this.carlaDesk, 'carlaDesk'],
      [this.davidMobile, 'davidMobile'],
      [this.provider, 'provider'],
    ]);
    for (const phone of this.world.phones) phone.register();
    this.world.advance(1_000);
    for (const phone of this.world.phones) assert.equal(phone.registerStatus, 200);
  }

  /** Changes Anna's settings, as she would. */
  annaChooses(settings: UserSettingsPatch): void {
    assert.deepEqual(this.world.system.apply({ kind: 'userSettings', user: 'anna', settings }), { ok: true });
  }

  /** Somebody dials, and what happens at once has happened. */
  dial(phone: SimPhone, number: string): PhoneCall {
    const call = phone.dial(number);
    this.world.advance(AT_ONCE_MS);
    return call;
  }

  /** Somebody outside calls a number of the company. */
  callFromOutside(number: string): PhoneCall {
    const call = this.provider.call(number, { number: '+4930901820', name: 'Customer' });
    this.world.advance(AT_ONCE_MS);
    return call;
  }

  /** Whose phones ring, in alphabetical order. */
  ringing(): string[] {
    const isRinging = (endpoint: SimEndpoint) => endpoint.calls.some((call) => call.state === 'ringing');
    return [...this.#names]
      .filter(([endpoint]) => isRinging(endpoint))
      .map(([, name]) => name)
      .sort();
  }

  /** The call ringing at this phone. */
  incoming(endpoint: SimEndpoint): PhoneCall {
    const call = endpoint.calls.find((one) => one.state === 'ringing');
    assert.ok(call, `${this.#names.get(endpoint)} does not ring`);
    return call;
  }

  answer(endpoint: SimEndpoint): PhoneCall {
    const call = this.incoming(endpoint);
    endpoint.answer(call);
    this.world.advance(AT_ONCE_MS);
    return call;
  }

  reject(endpoint: SimEndpoint, status: number, contact?: string): void {
    endpoint.reject(this.incoming(endpoint), status, contact === undefined ? [] : [['Contact', `<${contact}>`]]);
    this.world.advance(AT_ONCE_MS);
  }

  hangUp(endpoint: SimEndpoint, call: PhoneCall): void {
    endpoint.hangUp(call);
    this.world.advance(AT_ONCE_MS);
  }

  /** Two phones in a call. */
  connect(from: SimPhone, number: string, to: SimEndpoint): { readonly out: PhoneCall; readonly in: PhoneCall } {
    const out = this.dial(from, number);
    const incoming = this.answer(to);
    assert.equal(out.state, 'answered');
    return { out, in: incoming };
  }

  /** True when each of two calls sends its audio to the other. */
  areConnected(a: PhoneCall, b: PhoneCall): boolean {
    const isUp = a.state === 'answered' && b.state === 'answered';
    return isUp && keyIn(a.media.remote) === b.media.key && keyIn(b.media.remote) === a.media.key;
  }

  /** Everything is over, and has been told once. */
  assertNothingLeft(): void {
    const { gateway, rtp, records } = this.world;
    const { calls, conferences, busyStations, sessions } = gateway.snapshot();
    assert.deepEqual(
      { calls, conferences, busyStations, sessions },
      { calls: 0, conferences: 0, busyStations: 0, sessions: 0 },
    );
    assert.equal(rtp.open, 0);
    assert.deepEqual(records.faults, []);
  }

  /** Result of the last record that was closed. */
  lastResult(): string | undefined {
    return [...this.world.records.closed.values()].at(-1)?.result;
  }
}

function same(data: SystemData): SystemData {
  return data;
}

function keyIn(sdp: string | undefined): string {
  const address = /^c=IN IP4 (\S+)/m.exec(sdp ?? '')?.[1];
  return `${address}:${/^m=audio (\d+)/m.exec(sdp ?? '')?.[1]}`;
}
