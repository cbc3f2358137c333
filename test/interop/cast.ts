/** The phones of a test: real ones and scripted ones, registered, and closed together. */
import {
  type Baresip,
  type BaresipAccount,
  type BaresipOptions,
  type Linphonec,
  type LinphonecOptions,
  runSipp,
  type Sipp,
  type SippOptions,
  startBaresip,
  startLinphonec,
  startSipp,
} from '../peers/index.ts';
import { statusOf } from './scripted/messages.ts';
import { type RegisterOptions, ScriptedPhone } from './scripted/phone.ts';
import { openTcp, openUdp, openWebSocket, type Wire } from './scripted/wire.ts';
import type { Unisono } from './unisono.ts';

export class Cast {
  readonly #system: Unisono;
  readonly #phones: { close(): Promise<void> }[] = [];

  constructor(system: Unisono) {
    this.#system = system;
  }

  /** A registered baresip that says a tone. */
  async baresip(account: BaresipAccount, sineHz: number, options: Partial<BaresipOptions> = {}): Promise<Baresip> {
    const started = await startBaresip({ account, audio: { sineHz }, caFile: this.#system.caFile, ...options });
    this.#phones.push(started);
    await started.waitForRegistration();
    return started;
  }

  /** A registered linphonec that says a tone. */
  async linphonec(
    account: BaresipAccount,
    sineHz: number,
    options: Partial<LinphonecOptions> = {},
  ): Promise<Linphonec> {
    const { user, password = '', domain, transport = 'udp' } = account;
    const { company } = this.#system.data;
    const known = { user, password, domain, transport, sineHz, realm: company.realm ?? company.domain };
    const started = await startLinphonec({ ...known, caFile: this.#system.caFile, ...options });
    this.#phones.push(started);
    await started.waitForRegistration();
    return started;
  }

  /** A SIPp that is called by its scenario, registered for the account, until the cast is closed. */
  async sipp(account: BaresipAccount, options: SippOptions): Promise<Sipp> {
    const called = await startSipp(options);
    this.#phones.push({ close: () => called.close() }, { close: () => this.deregister(account) });
    const { user, password = '' } = account;
    const registered = await runSipp({
      scenario: 'register',
      remote: `127.0.0.1:${this.#system.sipPort}`,
      rows: [{ user, password }],
      keys: { contact_port: called.port },
    });
    if (!registered.ok) throw new Error(`${user} could not register:\n${registered.errors}`);
    return called;
  }

  /** A scripted phone, registered unless `register` is false. */
  async scripted(
    account: BaresipAccount,
    { transport = 'udp', register = {} }: { transport?: 'udp' | 'tcp' | 'ws'; register?: RegisterOptions | false } = {},
  ): Promise<ScriptedPhone> {
    const phone = new ScriptedPhone(
      await this.#wire(transport),
      { user: account.user, password: account.password ?? '' },
      `127.0.0.1:${transport === 'ws' ? this.#system.wsPort : this.#system.sipPort}`,
    );
    this.#phones.push(phone);
    if (register === false) return phone;
    const { text } = await phone.register(register);
    if (statusOf(text) !== 200) throw new Error(`${account.user} could not register:\n${text}`);
    return phone;
  }

  /** Takes back whatever is registered for an account. */
  async deregister(account: BaresipAccount): Promise<void> {
    const cast = new Cast(this.#system);
    await cast.scripted(account, { register: { contact: '*', expiresSec: 0 } });
    await cast.close();
  }

  /** Ends all phones. Real ones take their registration back. */
  async close(): Promise<void> {
    await Promise.all(this.#phones.splice(0).map((phone) => phone.close()));
  }

  #wire(transport: 'udp' | 'tcp' | 'ws'): Promise<Wire> {
    if (transport === 'ws') return openWebSocket(this.#system.wsPort);
    return transport === 'tcp' ? openTcp(this.#system.sipPort) : openUdp(this.#system.sipPort);
  }
}
