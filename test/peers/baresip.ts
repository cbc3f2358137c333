/** Drives baresip, a SIP phone in C, over its control connection. */
import { readdirSync, statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Audio, measureTone, readWav } from './audio.ts';
import { type BaresipAccount, type BaresipAudio, type SipTransport, writeBaresipFolder } from './baresip-config.ts';
import { peerPath } from './find.ts';
import { encodeNetstring, NetstringDecoder } from './netstring.ts';
import { type PortBlock, reservePorts } from './ports.ts';
import { PeerProcess, temporaryFolder } from './process.ts';
import { parseBaresipTrace, type TracedMessage } from './sip-trace.ts';

const START_TIMEOUT_MS = 8_000;
const COMMAND_TIMEOUT_MS = 5_000;
const EVENT_TIMEOUT_MS = 10_000;
const CONTROL_RETRY_MS = 30;
const LISTEN_STEP_MS = 400;
/** The rate of G.711, which is all the phone offers. */
const RECORDED_RATE_HZ = 8_000;
const REGISTRATION_RESULT = /\{\d+\/\w+\/v[46]\} (\d{3}) .*|reg: \S+: .*/;

export interface BaresipOptions {
  readonly account: BaresipAccount;
  /** `::1` for IPv6. Default 127.0.0.1. */
  readonly address?: '127.0.0.1' | '::1';
  readonly moreAccounts?: readonly BaresipAccount[];
  /** Default: a tone of 440 Hz. What is heard is recorded, except by an echo. */
  readonly audio?: BaresipAudio;
  /** PEM file with the authorities trusted for TLS. */
  readonly caFile?: string;
  readonly name?: string;
  readonly extraConfig?: readonly string[];
  readonly lifetimeSec?: number;
}

/** What baresip tells about registrations and calls: `REGISTER_OK`, `CALL_INCOMING`, `CALL_ESTABLISHED`, ... */
export interface BaresipEvent {
  readonly type: string;
  readonly class: string;
  readonly accountaor?: string;
  readonly direction?: 'incoming' | 'outgoing';
  readonly peeruri?: string;
  /** The Call-ID. */
  readonly id?: string;
  readonly param?: string;
}

interface CommandResponse {
  readonly ok: boolean;
  readonly data: string;
}

/** Starts a phone and waits until it can be driven; registration goes on meanwhile, see `waitForRegistration`. */
export async function startBaresip(options: BaresipOptions): Promise<Baresip> {
  const command = peerPath('baresip');
  const ports = await reservePorts();
  const folder = temporaryFolder('baresip');
  const sipPort = ports.port(0);
  const controlPort = ports.port(4);
  writeBaresipFolder({
    folder: folder.path,
    recordFolder: folder.path,
    ...(options.address === undefined ? {} : { address: options.address }),
    sipPort,
    controlPort,
    rtpPorts: [ports.port(10), ports.last],
    audio: options.audio ?? { sineHz: 440 },
    accounts: [options.account, ...(options.moreAccounts ?? [])],
    ...(options.caFile === undefined ? {} : { caFile: options.caFile }),
    ...(options.extraConfig === undefined ? {} : { extraConfig: options.extraConfig }),
  });
  const child = new PeerProcess({
    name: options.name ?? `baresip ${options.account.user}`,
    command,
    args: ['-f', folder.path, options.address === '::1' ? '-6' : '-4', '-s'],
    ...(options.lifetimeSec === undefined ? {} : { lifetimeSec: options.lifetimeSec }),
  });
  const phone = new Baresip(child, ports, folder, options.account.transport ?? 'udp');
  try {
    await phone.connectControl(controlPort);
    return phone;
  } catch (error) {
    await phone.close();
    throw error;
  }
}

export class Baresip {
  readonly process: PeerProcess;
  /** Where it listens for SIP: UDP and TCP on this port, TLS on the next. */
  readonly sipPort: number;
  readonly events: BaresipEvent[] = [];
  #ports: PortBlock;
  #folder: { readonly path: string; remove(): void };
  #socket: Socket | undefined;
  #responses = new Map<string, (response: CommandResponse) => void>();
  #eventListeners = new Set<() => void>();
  #nextToken = 1;

  constructor(child: PeerProcess, ports: PortBlock, folder: { path: string; remove(): void }, transport: SipTransport) {
    this.process = child;
    this.#ports = ports;
    this.#folder = folder;
    this.sipPort = transport === 'tls' ? ports.port(1) : ports.port(0);
  }

  /** Connects to the control port as soon as the process listens there. */
  async connectControl(port: number): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (this.#socket === undefined) {
      if (this.process.exitStatus) throw this.process.error('ended at start');
      if (Date.now() > deadline) throw this.process.error(`no control connection within ${START_TIMEOUT_MS} ms`);
      this.#socket = await tryConnect(port);
      if (this.#socket === undefined) await delay(CONTROL_RETRY_MS);
    }
    const decoder = new NetstringDecoder();
    this.#socket.on('data', (octets) => {
      for (const text of decoder.push(octets)) this.#onMessage(JSON.parse(text) as Record<string, unknown>);
    });
    this.#socket.on('error', () => {});
  }

  /** Sends a command of baresip's menu and resolves with what it printed; rejects when baresip says it failed. */
  async command(command: string, params = ''): Promise<string> {
    const token = String(this.#nextToken++);
    const response = await new Promise<CommandResponse>((resolve, reject) => {
      const late = () => reject(this.process.error(`no response to "${command} ${params}"`));
      const timer = setTimeout(late, COMMAND_TIMEOUT_MS);
      this.#responses.set(token, (received) => {
        clearTimeout(timer);
        resolve(received);
      });
      this.#socket?.write(encodeNetstring(JSON.stringify({ command, params, token })));
    });
    if (!response.ok) throw this.process.error(`"${command} ${params}" failed: ${response.data}`);
    return response.data;
  }

  /** Resolves with the first event, past ones included, that fulfils the predicate. */
  async waitFor(predicate: (event: BaresipEvent) => boolean, timeoutMs = EVENT_TIMEOUT_MS): Promise<BaresipEvent> {
    return await this.waitForAfter(0, predicate, timeoutMs);
  }

  /** As `waitFor`, leaving out the first `mark` events: `const mark = phone.events.length` before the deed. */
  waitForAfter(
    mark: number,
    predicate: (event: BaresipEvent) => boolean,
    timeoutMs = EVENT_TIMEOUT_MS,
  ): Promise<BaresipEvent> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.#eventListeners.delete(check);
      };
      const check = () => {
        const event = this.events.slice(mark).find(predicate);
        if (event) {
          settle();
          resolve(event);
        } else if (this.process.exitStatus) {
          settle();
          reject(this.process.error('ended while an event was waited for'));
        }
      };
      const timer = setTimeout(() => {
        settle();
        const seen = this.events.map((event) => `${event.type} ${event.param ?? ''}`).join('\n');
        reject(this.process.error(`no such event (${predicate}) within ${timeoutMs} ms; seen:\n${seen}`));
      }, timeoutMs);
      this.#eventListeners.add(check);
      check();
    });
  }

  /** As `waitFor`, by the type of the event. */
  async waitForEvent(type: string, timeoutMs = EVENT_TIMEOUT_MS): Promise<BaresipEvent> {
    return await this.waitFor((event) => event.type === type, timeoutMs);
  }

  /**
   * Resolves when a REGISTER was accepted, rejects when it was refused or not answered. Read from the output, because
   * the first answer may come before the control connection that would tell of it.
   */
  async waitForRegistration(timeoutMs = EVENT_TIMEOUT_MS): Promise<void> {
    const [line, status] = await this.process.waitForOutput(REGISTRATION_RESULT, timeoutMs);
    if (status !== '200') throw this.process.error(`registration refused: ${line}`);
  }

  /** Calls a URI, or a number at the account's domain. */
  async dial(target: string): Promise<void> {
    await this.command('dial', target);
  }

  /** Answers the call that rings. */
  async answer(): Promise<void> {
    await this.command('accept');
  }

  /** Ends, cancels or declines (486) the current call. */
  async hangup(): Promise<void> {
    await this.command('hangup');
  }

  async hold(): Promise<void> {
    await this.command('hold');
  }

  async resume(): Promise<void> {
    await this.command('resume');
  }

  /** Blind transfer: holds the call and sends REFER. This version of baresip has no attended transfer. */
  async transfer(target: string): Promise<void> {
    await this.command('transfer', target);
  }

  /** Presses the keys one after the other, as RTP events or INFO by the account's `dtmf`. */
  async dtmf(digits: string): Promise<void> {
    await this.command('sndcode', digits);
  }

  async registrationInfo(): Promise<string> {
    return await this.command('reginfo');
  }

  async callStatus(): Promise<string> {
    return await this.command('callstat');
  }

  async listCalls(): Promise<string> {
    return await this.command('listcalls');
  }

  /** Makes the call with this Call-ID the current one, which hangup, hold, resume and transfer act upon. */
  async selectCall(callId: string): Promise<void> {
    await this.command('callfind', callId);
  }

  /** Makes the account with this AOR (`sip:user@host`) the current one. */
  async selectAccount(aor: string): Promise<void> {
    await this.command('uafind', aor);
  }

  /** Everything it printed, with every SIP message sent and received. */
  get log(): string {
    return this.process.output;
  }

  /** Every SIP message sent and received so far. */
  sipMessages(): TracedMessage[] {
    return parseBaresipTrace(this.process.output);
  }

  /** What was heard so far, one piece per stream, oldest first. Empty for an echo. */
  recordings(): Audio[] {
    return this.#recordings().map(({ audio }) => audio);
  }

  /** What is heard from now on, for the given time. Empty when no audio arrives. */
  async listen(durationMs: number): Promise<Audio> {
    const before = new Map(this.#recordings().map(({ name, audio }) => [name, audio.samples.length]));
    await delay(durationMs);
    const later = this.#recordings().map(({ name, audio }) => audio.samples.subarray(before.get(name) ?? 0));
    return { sampleRateHz: RECORDED_RATE_HZ, samples: Float64Array.from(later.flatMap((part) => [...part])) };
  }

  /**
   * Resolves once the tone is heard, from now on, for the given time in sum; rejects when it is not. baresip ends its
   * recording at the first re-INVITE: from there on use `waitForRtp`.
   */
  async waitForTone(frequencyHz: number, durationSec = 0.5, timeoutMs = 6_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    let heardSec = 0;
    while (heardSec < durationSec) {
      if (Date.now() > deadline)
        throw this.process.error(`heard ${frequencyHz} Hz for ${heardSec} s, want ${durationSec} s`);
      heardSec += measureTone(await this.listen(LISTEN_STEP_MS), frequencyHz).seconds;
    }
  }

  /** RTP packets received so far in the current call. */
  async receivedRtpPackets(): Promise<number> {
    const debug = await this.command('audio_debug');
    return Number(debug.match(/rcvd=(\d+)/)?.[1] ?? 0);
  }

  /** Resolves once RTP arrives at the pace of 20 ms packets; rejects when it does not. */
  async waitForRtp(timeoutMs = 6_000): Promise<void> {
    await this.#waitForRtpPace((packets) => packets >= LISTEN_STEP_MS / 40, timeoutMs, 'RTP arrives');
  }

  /** Resolves once no RTP arrives any more; rejects when it does not stop. */
  async waitForNoRtp(timeoutMs = 6_000): Promise<void> {
    await this.#waitForRtpPace((packets) => packets === 0, timeoutMs, 'RTP stops');
  }

  async #waitForRtpPace(isReached: (packets: number) => boolean, timeoutMs: number, what: string): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const before = await this.receivedRtpPackets();
      await delay(LISTEN_STEP_MS);
      if (isReached((await this.receivedRtpPackets()) - before)) return;
      if (Date.now() > deadline) throw this.process.error(`waited ${timeoutMs} ms until ${what} in vain`);
    }
  }

  /** Ends the process and removes its folder. Idempotent. */
  async close(): Promise<void> {
    this.#socket?.destroy();
    await this.process.stop();
    this.#folder.remove();
    this.#ports.release();
  }

  #recordings(): { name: string; audio: Audio }[] {
    const names = readdirSync(this.#folder.path).filter((name) => name.endsWith('-dec.wav'));
    // A file that was just opened has no header yet.
    const begun = names.filter((name) => statSync(join(this.#folder.path, name)).size > 44);
    return begun.sort().map((name) => ({ name, audio: readWav(join(this.#folder.path, name)) }));
  }

  #onMessage(message: Record<string, unknown>): void {
    if (message.event === true) {
      this.events.push(message as unknown as BaresipEvent);
      for (const listener of [...this.#eventListeners]) listener();
      return;
    }
    const token = String(message.token);
    this.#responses.get(token)?.({ ok: message.ok === true, data: String(message.data ?? '') });
    this.#responses.delete(token);
  }
}

function tryConnect(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}
