/** Drives linphonec, the console program of Linphone, over its standard input. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Audio, measureTone, readGrowingWav, sine, wavFile } from './audio.ts';
import type { SipTransport } from './baresip-config.ts';
import { peerPath } from './find.ts';
import { type PortBlock, reservePorts } from './ports.ts';
import { PeerProcess, temporaryFolder } from './process.ts';

const PROMPT_TIMEOUT_MS = 8_000;
const WAIT_MS = 10_000;
const POLL_MS = 100;
const LISTEN_STEP_MS = 400;
const RECORDED_RATE_HZ = 8_000;
const TONE_DURATION_SEC = 120;

export interface LinphonecOptions {
  readonly user: string;
  /** Host (and port) of the registrar: `127.0.0.1:5060`. With TLS the name must stand in the certificate. */
  readonly domain: string;
  readonly password?: string;
  /** Default: the host of `domain`. */
  readonly realm?: string;
  readonly displayName?: string;
  readonly transport?: SipTransport;
  readonly register?: boolean;
  readonly autoAnswer?: boolean;
  /** What it says. Default 660 Hz. What it hears is recorded. */
  readonly sineHz?: number;
  /** PEM file with the authorities trusted for TLS. */
  readonly caFile?: string;
  readonly lifetimeSec?: number;
}

/** Linphone's words for the state of a call. */
export type LinphoneCallState =
  | 'IncomingReceived'
  | 'OutgoingProgress'
  | 'OutgoingRinging'
  | 'OutgoingEarlyMedia'
  | 'StreamsRunning'
  | 'Pausing'
  | 'Paused'
  | 'PausedByRemote'
  | 'Resuming'
  | (string & {});

export interface LinphoneCall {
  readonly id: number;
  readonly destination: string;
  readonly state: LinphoneCallState;
}

/** Starts a phone and waits for its prompt; registration goes on meanwhile, see `waitForRegistration`. */
export async function startLinphonec(options: LinphonecOptions): Promise<Linphonec> {
  const command = peerPath('linphonec');
  const ports = await reservePorts();
  const folder = temporaryFolder('linphonec');
  mkdirSync(join(folder.path, '.local/share/linphone'), { recursive: true });
  const toneFile = join(folder.path, 'tone.wav');
  writeFileSync(toneFile, wavFile(sine(options.sineHz ?? 660, TONE_DURATION_SEC)));
  writeFileSync(join(folder.path, 'linphonerc'), linphoneConfig(options, ports));
  const child = new PeerProcess({
    name: `linphonec ${options.user}`,
    command,
    args: ['-c', 'linphonerc', '-d', '6', '-l', 'linphone.log', ...(options.autoAnswer ? ['-a'] : [])],
    cwd: folder.path,
    env: { HOME: folder.path },
    ...(options.lifetimeSec === undefined ? {} : { lifetimeSec: options.lifetimeSec }),
  });
  const phone = new Linphonec(child, ports, folder);
  try {
    await child.waitForOutput(/linphonec> /, PROMPT_TIMEOUT_MS);
    await phone.allowOnlyG711();
    await phone.command('soundcard use files');
    await phone.command(`play ${toneFile}`);
    await phone.command(`record ${phone.recordFile}`);
    return phone;
  } catch (error) {
    await phone.close();
    throw error;
  }
}

/** linphonec rewrites its file and drops settings it does not like, so every start gets a fresh one. */
function linphoneConfig(options: LinphonecOptions, ports: PortBlock): string {
  const { user, domain, transport = 'udp', password } = options;
  const host = domain.split(':')[0];
  const name = options.displayName === undefined ? '' : `"${options.displayName}" `;
  return [
    '[sip]',
    `sip_port=${ports.port(0)}`,
    `sip_tcp_port=${ports.port(0)}`,
    `sip_tls_port=${transport === 'tls' ? ports.port(1) : 0}`,
    ...(options.caFile === undefined ? [] : [`root_ca=${options.caFile}`]),
    'use_ipv6=0',
    'guess_hostname=1',
    'register_only_when_network_is_up=0',
    'default_proxy=0',
    '[rtp]',
    `audio_rtp_port=${ports.port(10)}`,
    '[sound]',
    'playback_dev_id=',
    'capture_dev_id=',
    'echocancellation=0',
    '[proxy_0]',
    `reg_proxy=<sip:${domain};transport=${transport}>`,
    `reg_identity=${name}<sip:${user}@${host}>`,
    'reg_expires=60',
    `reg_sendregister=${options.register === false ? 0 : 1}`,
    'publish=0',
    ...(password === undefined
      ? []
      : [
          '[auth_info_0]',
          `username=${user}`,
          `passwd=${password}`,
          `domain=${host}`,
          `realm=${options.realm ?? host}`,
        ]),
    '',
  ].join('\n');
}

export class Linphonec {
  readonly process: PeerProcess;
  readonly sipPort: number;
  readonly recordFile: string;
  #ports: PortBlock;
  #folder: { readonly path: string; remove(): void };

  constructor(child: PeerProcess, ports: PortBlock, folder: { readonly path: string; remove(): void }) {
    this.process = child;
    this.#ports = ports;
    this.#folder = folder;
    this.sipPort = ports.port(0);
    this.recordFile = join(folder.path, 'heard.wav');
  }

  /** Types a command and resolves with what was printed up to the next prompt. */
  async command(line: string): Promise<string> {
    const mark = this.process.output.length;
    this.process.write(`${line}\n`);
    const [, printed] = await this.process.waitForOutput(/^([\s\S]*?)linphonec> /, WAIT_MS, mark);
    return printed?.replace(line, '').trim() ?? '';
  }

  /** So that recordings have one rate. Codecs cannot be left out by the configuration: all are added to it. */
  async allowOnlyG711(): Promise<void> {
    const list = await this.command('codec list');
    for (const [, index, name] of list.matchAll(/(\d+): (\S+) .* enabled/g)) {
      if (name !== 'PCMU' && name !== 'PCMA') await this.command(`codec disable ${index}`);
    }
  }

  /** Resolves when the registrar has accepted; rejects with the log's last lines when it did not. */
  async waitForRegistration(timeoutMs = WAIT_MS): Promise<void> {
    await this.#poll('a registration', timeoutMs, async () => {
      const status = await this.command('status register');
      return status.startsWith('registered,') ? true : undefined;
    });
  }

  async call(uri: string): Promise<void> {
    await this.command(`call ${uri}`);
  }

  async answer(callId?: number): Promise<void> {
    await this.command(['answer', callId].join(' ').trim());
  }

  /** Ends, cancels or declines (603). */
  async terminate(callId?: number): Promise<void> {
    await this.command(['terminate', callId].join(' ').trim());
  }

  async hold(): Promise<void> {
    await this.command('pause');
  }

  async resume(callId?: number): Promise<void> {
    await this.command(['resume', callId].join(' ').trim());
  }

  /** Blind transfer of a call. */
  async transfer(callId: number, uri: string): Promise<void> {
    await this.command(`transfer ${callId} ${uri}`);
  }

  /** Attended transfer: REFER with Replaces, from the first call to the party of the second. */
  async transferToCall(callId: number, consultationCallId: number): Promise<void> {
    await this.command(`transfer ${callId} --to-call ${consultationCallId}`);
  }

  async calls(): Promise<LinphoneCall[]> {
    return parseLinphoneCalls(await this.command('calls'));
  }

  /** Resolves with the first call in the state. */
  async waitForCall(state: LinphoneCallState, timeoutMs = WAIT_MS): Promise<LinphoneCall> {
    return await this.#poll(`a call in state ${state}`, timeoutMs, async () => {
      return (await this.calls()).find((call) => call.state === state);
    });
  }

  async waitForNoCall(timeoutMs = WAIT_MS): Promise<void> {
    await this.#poll('the end of all calls', timeoutMs, async () =>
      (await this.calls()).length === 0 ? true : undefined,
    );
  }

  /** What was heard so far. Goes on over hold and resume, though the header counts up to the first hold only. */
  recording(): Audio {
    if (!existsSync(this.recordFile)) return { sampleRateHz: RECORDED_RATE_HZ, samples: new Float64Array() };
    return readGrowingWav(this.recordFile, RECORDED_RATE_HZ);
  }

  /** What is heard from now on, for the given time. */
  async listen(durationMs: number): Promise<Audio> {
    const before = this.recording().samples.length;
    await delay(durationMs);
    const { sampleRateHz, samples } = this.recording();
    return { sampleRateHz, samples: samples.subarray(before) };
  }

  /** Resolves once the tone is heard, from now on, for the given time in sum; rejects when it is not. */
  async waitForTone(frequencyHz: number, durationSec = 0.5, timeoutMs = 6_000): Promise<void> {
    let heardSec = 0;
    await this.#poll(`${frequencyHz} Hz for ${durationSec} s`, timeoutMs, async () => {
      heardSec += measureTone(await this.listen(LISTEN_STEP_MS), frequencyHz).seconds;
      return heardSec >= durationSec ? true : undefined;
    });
  }

  /** Linphone's own log, with every SIP message. */
  get log(): string {
    const file = join(this.#folder.path, 'linphone.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  async close(): Promise<void> {
    await this.process.stop();
    this.#folder.remove();
    this.#ports.release();
  }

  async #poll<T>(what: string, timeoutMs: number, probe: () => Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = await probe();
      if (found !== undefined) return found;
      if (Date.now() > deadline) {
        throw this.process.error(
          `waited ${timeoutMs} ms for ${what} in vain; end of its log:\n${this.log.slice(-4_000)}`,
        );
      }
      await delay(POLL_MS);
    }
  }
}

/** Reads the table that `calls` prints: id, destination, state. */
export function parseLinphoneCalls(table: string): LinphoneCall[] {
  const rows = table.matchAll(/^\s*(\d+)\s*\|\s*(\S.*?)\s*\|\s*(\w+)/gm);
  return Array.from(rows, ([, id, destination, state]) => ({
    id: Number(id),
    destination: destination ?? '',
    state: state ?? '',
  }));
}
