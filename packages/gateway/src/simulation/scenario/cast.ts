import type { SessionTimerPolicy } from '@unisono/sip';
import { PROVIDER_ADDRESSES, SPARE_ACCOUNT } from '../company.ts';
import { Directory } from '../directory.ts';
import type { SimEndpoint } from '../endpoint.ts';
import type { SimPhone } from '../phone.ts';
import type { PhoneCall } from '../phone-call.ts';
import { mediaKeyOf } from '../phone-media.ts';
import type { SimProvider } from '../provider.ts';
import type { PhoneTraits, World } from '../world.ts';
import type { Chance } from './chance.ts';

/** A call and the endpoint it is at. */
export interface CallAt {
  readonly endpoint: SimEndpoint;
  readonly call: PhoneCall;
}

const DESKS = ['4000', '4020', '4021', '4022', '4024', '4026', '4031', '4031', '4030'] as const;
const CLIENTS = [
  'ufip-anna',
  'ufip-anna',
  'ufip-ben',
  'ufip-carla',
  'ufip-carla',
  'ufip-carla',
  'ufip-david',
  'ufip-greta',
] as const;

/** Longer than any run. */
const VALID_SEC = 30 * 86_400;

const SHORT_SESSIONS: SessionTimerPolicy = { expiresSec: 120, minSec: 90 };
const STUBBORN_SESSIONS: SessionTimerPolicy = { expiresSec: 3_600, minSec: 1_900 };

/** All endpoints of a world, and who is connected with whom. */
export class Cast {
  readonly phones: SimPhone[];
  readonly providers: readonly SimProvider[];
  readonly endpoints: readonly SimEndpoint[];
  readonly directory: Directory;

  constructor(world: World, chance: Chance) {
    this.phones = [...DESKS.map((station) => world.deskPhone(station, drawTransport(chance), drawTraits(chance)))];
    this.directory = new Directory(() => world.system.current());
    for (const { address, username } of this.phones) this.directory.addPhone(address, username);
    this.phones.push(
      ...CLIENTS.map((device, index) => this.#client(world, chance, device, `${index}`.padStart(16, '0'))),
    );
    this.providers = [
      world.provider(PROVIDER_ADDRESSES.first, 'udp', drawTraits(chance)),
      world.provider(PROVIDER_ADDRESSES.second, 'tcp', drawTraits(chance)),
      world.provider(PROVIDER_ADDRESSES.spare, 'udp', { ...drawTraits(chance), account: SPARE_ACCOUNT }),
    ];
    this.endpoints = [...this.phones, ...this.providers];
    for (const provider of this.providers) this.directory.addTrunk(provider.address);
  }

  /** One that signs in with the account of its device, or with credentials of its own. */
  #client(world: World, chance: Chance, device: string, instance: string): SimPhone {
    const traits = { ...drawTraits(chance), instance, tellsMicrophone: chance.of(70) };
    const isInstallation = chance.of(50);
    const client = isInstallation
      ? world.installation(device, instance, VALID_SEC, undefined, traits)
      : world.client(device, drawTransport(chance), traits);
    this.directory.addClient(client.address, client.username, device, isInstallation ? instance : undefined);
    return client;
  }

  /** Other phones of the same user that are on. */
  othersOf(endpoint: SimEndpoint): SimPhone[] {
    const { station } = this.directory.of(endpoint.address);
    if (station === undefined) return [];
    const isOther = (phone: SimPhone) => phone !== endpoint && phone.isOn;
    return this.phones.filter((phone) => isOther(phone) && this.directory.of(phone.address).station === station);
  }

  /** Every call that is not over. */
  running(): CallAt[] {
    return this.endpoints.flatMap((endpoint) => endpoint.running.map((call) => ({ endpoint, call })));
  }

  /** The call at the other end of an answered one, as far as its description tells. */
  partnerOf(call: PhoneCall): CallAt | undefined {
    const key = mediaKeyOf(call.media.remote ?? '');
    if (key === undefined) return undefined;
    const address = key.slice(0, key.lastIndexOf(':'));
    const endpoint = this.at(address);
    const partner = endpoint?.running.find((one) => one.media.key === key);
    return endpoint && partner ? { endpoint, call: partner } : undefined;
  }

  at(address: string): SimEndpoint | undefined {
    return this.endpoints.find((one) => one.address === address);
  }

  nameOf(endpoint: SimEndpoint): string {
    return this.directory.of(endpoint.address).name;
  }
}

function drawTransport(chance: Chance): 'udp' | 'tcp' {
  return chance.of(75) ? 'udp' : 'tcp';
}

/** Phones differ in what they understand. */
function drawTraits(chance: Chance): PhoneTraits {
  const methods = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'INFO', 'NOTIFY', 'PRACK'];
  const extensions = [
    ...(chance.of(70) ? ['timer'] : []),
    ...(chance.of(70) ? ['100rel'] : []),
    ...(chance.of(70) ? ['replaces'] : []),
  ];
  return {
    extensions,
    methods: chance.of(60) ? [...methods, 'UPDATE'] : methods,
    sessionTimer: chance.weighted([
      [60, undefined],
      [25, SHORT_SESSIONS],
      [15, STUBBORN_SESSIONS],
    ]),
  };
}
