import { Kept, uuid } from './cloud/kept.ts';
import { Core, type CoreOptions } from './core.ts';
import { type Commands, type DeviceNames, leaderCommands, numberTools } from './leader.ts';
import { failed, type Outcome } from './outcome.ts';
import type { Phone } from './phone.ts';
import type { PhonePorts, TabChannel } from './ports.ts';
import type { PhoneState } from './state.ts';
import { FIRST_STATE } from './state-begin.ts';
import { Store } from './store.ts';
import { commandsBy, Follower, performNamed } from './tabs/follower.ts';
import { isTabMessage, type TabMessage } from './tabs/messages.ts';

export interface PhoneOptions extends Partial<DeviceNames>, Pick<CoreOptions, 'makeAgent'> {
  readonly ports: PhonePorts;
  /** What the phone system is told of this program. */
  readonly userAgent?: string;
}

/** The phone of one tab. One tab of all leads: it has registration and calls; the others show its state and send it commands. */
export function createPhone(options: PhoneOptions): Phone {
  return new TabPhone(options).phone;
}

class TabPhone {
  readonly phone: Phone;
  readonly #options: PhoneOptions;
  readonly #ports: PhonePorts;
  readonly #store = new Store(FIRST_STATE);
  readonly #follower: Follower;
  #channel: TabChannel | undefined;
  #core: Core | undefined;
  #commands: Commands | undefined;
  #giveUpLead: (() => void) | undefined;
  #told: PhoneState | undefined;
  #isClosed = false;

  constructor(options: PhoneOptions) {
    this.#options = options;
    this.#ports = options.ports;
    const { clock, random } = options.ports;
    this.#follower = new Follower(
      clock,
      () => uuid(random),
      (message) => this.#post(message),
    );
    const { getState, subscribe } = this.#store;
    this.phone = {
      getState,
      subscribe,
      start: async () => this.#start(),
      close: () => this.#close(),
      numbers: numberTools(getState),
      ...commandsBy((path, args) => this.#perform(path, args)),
    };
  }

  #start(): void {
    const { tabs } = this.#ports;
    this.#channel = tabs.channel((message) => {
      if (isTabMessage(message)) this.#hear(message);
    });
    this.#giveUpLead = tabs.lead(() => this.#lead());
    if (this.#core === undefined) this.#post({ type: 'hello' });
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#core !== undefined) this.#post({ type: 'bye' });
    await this.#core?.close();
    this.#giveUpLead?.();
    this.#channel?.close();
  }

  async #perform(path: readonly [string, string], args: readonly unknown[]): Promise<Outcome<unknown>> {
    try {
      if (this.#commands !== undefined) return await performNamed(this.#commands, path, args);
      return await this.#follower.send(path, args);
    } catch (error) {
      return failed('fault', error instanceof Error ? error.message : String(error));
    }
  }

  /** This tab has the lock. */
  #lead(): void {
    if (this.#isClosed || this.#core !== undefined) return;
    const { ports, makeAgent, userAgent = 'Unisono Phone', deviceName = 'A browser', platform = 'web' } = this.#options;
    const kept = new Kept(ports.storage, ports.random);
    this.#store.replace({ ...FIRST_STATE, tab: { role: 'leader' } });
    const core = new Core({
      ports,
      store: this.#store,
      kept,
      userAgent,
      ...(makeAgent === undefined ? {} : { makeAgent }),
    });
    this.#core = core;
    this.#commands = leaderCommands(core, ports, { deviceName, platform });
    this.#store.subscribe(() => this.#tellChanges());
    core.start();
    this.#tellAll();
  }

  #hear(message: TabMessage): void {
    if (this.#core !== undefined) {
      if (message.type === 'hello') this.#tellAll();
      if (message.type === 'command') void this.#performFor(message);
      return;
    }
    switch (message.type) {
      case 'state':
        this.#follower.leaderSeen();
        this.#follow(message);
        break;
      case 'outcome':
        this.#follower.answered(message.id, message.outcome);
        break;
      case 'bye':
        this.#follower.leaderGone();
        this.#store.set({ tab: { role: 'electing' } });
        break;
    }
  }

  async #performFor({ id, path, args }: TabMessage & { readonly type: 'command' }): Promise<void> {
    this.#post({ type: 'outcome', id, outcome: await this.#perform(path, args) });
  }

  #follow({ part, gone }: TabMessage & { readonly type: 'state' }): void {
    const next = { ...this.#store.getState(), ...part, tab: { role: 'follower' } } as PhoneState;
    for (const name of gone) delete (next as { [Name in keyof PhoneState]?: unknown })[name];
    this.#store.replace(next);
  }

  #tellAll(): void {
    this.#told = undefined;
    this.#tellChanges();
  }

  #tellChanges(): void {
    const state = this.#store.getState();
    const told = this.#told;
    this.#told = state;
    const names = Object.keys(state) as (keyof PhoneState)[];
    const part = Object.fromEntries(
      names.filter((name) => told?.[name] !== state[name]).map((name) => [name, state[name]]),
    ) as Partial<PhoneState>;
    const gone = (Object.keys(told ?? FIRST_STATE) as (keyof PhoneState)[]).filter((name) => !(name in state));
    this.#post({ type: 'state', part, gone });
  }

  #post(message: TabMessage): void {
    this.#channel?.post(message);
  }
}
