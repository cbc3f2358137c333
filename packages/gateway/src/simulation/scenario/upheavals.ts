import type { Change, UserSettingsPatch } from '@unisono/pbx';
import { GATEWAY_ADDRESS, type World } from '../world.ts';
import type { Cast } from './cast.ts';
import type { Chance } from './chance.ts';
import type { Conditions } from './conditions.ts';
import type { Diary } from './diary.ts';
import type { Watchers } from './watchers.ts';

const USERS = ['anna', 'ben', 'carla', 'david', 'eva', 'greta', 'frank'];
const TARGETS = ['4000', '4020', '4021', '4022', '4023', '4024', '030901820', '4100'];
const STATIONS = ['4000', '4020', '4021', '4024', '4026', '4031'];
/** How long a registration lasts that is not refreshed. */
const SHORT_REGISTRATION_SEC = 60;

export interface UpheavalParts {
  readonly world: World;
  readonly cast: Cast;
  readonly chance: Chance;
  readonly diary: Diary;
  readonly conditions: Conditions;
  readonly watchers: Watchers;
}

/** Everything that changes beside calls: settings, registrations, power, links, the gateway itself. */
export class Upheavals {
  readonly #world: World;
  readonly #cast: Cast;
  readonly #chance: Chance;
  readonly #diary: Diary;
  readonly #conditions: Conditions;
  readonly #watchers: Watchers;

  constructor({ world, cast, chance, diary, conditions, watchers }: UpheavalParts) {
    this.#world = world;
    this.#cast = cast;
    this.#chance = chance;
    this.#diary = diary;
    this.#conditions = conditions;
    this.#watchers = watchers;
  }

  happen(): void {
    const { isUnsteady, gatewayDies } = this.#conditions;
    const what = this.#chance.weighted([
      [50, () => this.#changeSettings()],
      [8, () => this.#changeStation()],
      [18, () => this.#changeRegistration()],
      [isUnsteady ? 20 : 0, () => this.#losePower()],
      [isUnsteady ? 14 : 0, () => this.#cutLink()],
      [gatewayDies ? 6 : 0, () => this.#killGateway()],
    ]);
    what();
  }

  /** Somebody changes what concerns a station while it rings: where its calls go, whether it is there, which devices it has. */
  meddle(station: string): void {
    const user = this.#world.system.current().userOfStation.get(station);
    const phones = this.#cast.phones.filter(({ address }) => this.#cast.directory.of(address).station === station);
    const what = this.#chance.weighted([
      [user === undefined ? 0 : 60, () => this.#changeSettings(user)],
      [12, () => this.#changeStation(station)],
      [28, () => this.#changeRegistration(this.#chance.pick(phones))],
    ]);
    what();
  }

  #changeSettings(user = this.#chance.pick(USERS)): void {
    if (this.#chance.of(6)) {
      const settings = { routing: 'other', fixedTarget: this.#chance.pick(TARGETS) };
      return this.#apply({ kind: 'update', list: 'users', id: user, value: { settings } });
    }
    this.#apply({ kind: 'userSettings', user, settings: this.#drawSettings() });
  }

  #drawSettings(): UserSettingsPatch {
    const afterSec = this.#chance.pick([1, 2, 5, 10]);
    return {
      routing: this.#chance.pick([
        'default',
        'default',
        'default',
        'deskPhoneOnly',
        'clientsOnly',
        'alternativeNumber',
      ]),
      busy: this.#chance.pick(['default', 'default', 'busySignal', 'alternativeNumber', 'voicemail']),
      noAnswer: this.#chance.pick(['none', 'none', 'alternativeNumber', 'voicemail']),
      ringOrder: this.#chance.pick([
        { order: 'simultaneous' },
        { order: 'simultaneous' },
        { order: 'deskFirst', afterSec },
        { order: 'clientsFirst', afterSec },
      ]),
      ringSec: this.#chance.pick([5, 10, 20, 60]),
      alternativeNumber: this.#chance.pick(TARGETS),
    };
  }

  #changeStation(station = this.#chance.pick(STATIONS)): void {
    const state = this.#chance.pick(['inService', 'inService', 'inService', 'outOfService'] as const);
    this.#apply({ kind: 'stationState', station, state });
  }

  #apply(change: Change): void {
    const result = this.#world.system.apply(change);
    const outcome = result.ok ? '' : ` (refused: ${result.message})`;
    this.#diary.note(`the administration changes ${JSON.stringify(change)}${outcome}`);
  }

  #changeRegistration(phone = this.#chance.pick(this.#cast.phones)): void {
    if (!phone.isOn) return;
    const name = this.#cast.nameOf(phone);
    const backAfterMs = this.#chance.between(1, 120) * 1_000;
    if (this.#chance.of(50)) {
      this.#diary.note(`${name} signs out for a while`);
      phone.deregister();
    } else {
      this.#diary.note(`${name} lets its registration expire`);
      phone.forgetToRegister();
      phone.register(SHORT_REGISTRATION_SEC);
    }
    this.#diary.surely(backAfterMs, () => {
      if (phone.isOn) phone.stayRegistered();
    });
  }

  #losePower(): void {
    const endpoint = this.#chance.of(85)
      ? this.#chance.pick(this.#cast.phones)
      : this.#chance.pick(this.#cast.providers);
    if (!endpoint.isOn) return;
    const name = this.#cast.nameOf(endpoint);
    const offMs = this.#chance.pick([0, 100, 5_000, 40_000, 300_000]);
    this.#diary.note(`${name} loses power for ${offMs / 1_000} s`);
    endpoint.vanish();
    this.#diary.surely(offMs, () => endpoint.restart());
  }

  #cutLink(): void {
    const endpoint = this.#chance.pick(this.#cast.endpoints);
    const offMs = this.#chance.pick([200, 2_000, 10_000, 60_000]);
    this.#diary.note(`the link to ${this.#cast.nameOf(endpoint)} breaks for ${offMs / 1_000} s`);
    this.#world.network.cut(GATEWAY_ADDRESS, endpoint.address);
    endpoint.troubledUntilMs = Number.POSITIVE_INFINITY;
    this.#diary.surely(offMs, () => {
      this.#world.network.restore(GATEWAY_ADDRESS, endpoint.address);
      endpoint.troubledUntilMs = this.#world.clock.nowMs();
      this.#watchers.beginAt(endpoint.address);
    });
  }

  #killGateway(): void {
    const offMs = this.#chance.pick([0, 50, 2_000, 20_000]);
    if (!this.#world.gatewayClock.isAlive) return;
    this.#diary.note(`the gateway dies for ${offMs / 1_000} s`);
    this.#world.stopGateway(this.#chance.of(50));
    this.#diary.surely(offMs, () => {
      this.#diary.note('the gateway starts');
      this.#world.startGateway();
      this.#watchers.begin();
    });
  }
}
