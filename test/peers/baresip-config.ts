/** Writes the folder baresip starts from: `config`, `accounts` and an empty `contacts`. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type SipTransport = 'udp' | 'tcp' | 'tls';

export interface BaresipAccount {
  readonly user: string;
  /** Host (and port) of the registrar as it stands in the AOR: `127.0.0.1:5060`. */
  readonly domain: string;
  readonly password?: string;
  readonly authUser?: string;
  readonly displayName?: string;
  readonly transport?: SipTransport;
  /** `manual` rings until `accept()`, `auto` answers at once, `early` sends early media. Default manual. */
  readonly answerMode?: 'manual' | 'auto' | 'early';
  /** 0 does not register. Default 60. */
  readonly registerIntervalSec?: number;
  /** URI of a proxy that every request goes to. */
  readonly outboundProxy?: string;
  readonly mediaEncryption?: 'srtp' | 'srtp-mand' | 'dtls_srtp';
  readonly dtmf?: 'rtpevent' | 'info';
  /** More account parameters in baresip's syntax, each one with its semicolon. */
  readonly extraParameters?: string;
}

/** What the phone says: a steady tone, what it hears, a WAV file (8 kHz mono), or nothing. */
export type BaresipAudio = { readonly sineHz: number } | { readonly file: string } | 'echo' | 'silence';

export interface BaresipFiles {
  readonly folder: string;
  readonly recordFolder: string;
  /** Where it listens and speaks from. Default 127.0.0.1. */
  readonly address?: string;
  readonly sipPort: number;
  readonly controlPort: number;
  readonly rtpPorts: readonly [first: number, last: number];
  readonly audio: BaresipAudio;
  readonly accounts: readonly BaresipAccount[];
  readonly caFile?: string;
  /** More lines for `config`. */
  readonly extraConfig?: readonly string[];
}

export function writeBaresipFolder(files: BaresipFiles): void {
  writeFileSync(join(files.folder, 'config'), `${configLines(files).join('\n')}\n`);
  writeFileSync(join(files.folder, 'accounts'), `${files.accounts.map(accountLine).join('\n')}\n`);
  writeFileSync(join(files.folder, 'contacts'), '');
}

export function accountLine(account: BaresipAccount): string {
  const { transport = 'udp', registerIntervalSec = 60, answerMode = 'manual' } = account;
  const uri = `<sip:${account.user}@${account.domain};transport=${transport}>`;
  const parameters = [
    account.password === undefined ? '' : `;auth_pass=${account.password}`,
    account.authUser === undefined ? '' : `;auth_user=${account.authUser}`,
    `;regint=${registerIntervalSec}`,
    `;answermode=${answerMode}`,
    account.outboundProxy === undefined ? '' : `;outbound="${account.outboundProxy}"`,
    account.mediaEncryption === undefined ? '' : `;mediaenc=${account.mediaEncryption}`,
    account.dtmf === undefined ? '' : `;dtmfmode=${account.dtmf}`,
    account.extraParameters ?? '',
  ];
  const name = account.displayName === undefined ? '' : `"${account.displayName}" `;
  return name + uri + parameters.join('');
}

function configLines(files: BaresipFiles): string[] {
  return [
    'poll_method epoll',
    `sip_listen ${hostPort(files.address ?? '127.0.0.1', files.sipPort)}`,
    'sip_trans_def udp',
    ...(files.caFile === undefined ? [] : [`sip_cafile ${files.caFile}`]),
    ...audioLines(files.audio),
    'audio_alert aubridge,nil',
    `rtp_ports ${files.rtpPorts[0]}-${files.rtpPorts[1]}`,
    'call_local_timeout 120',
    'ringback_disabled yes',
    `snd_path ${files.recordFolder}`,
    ...moduleLines(files.audio),
    `ctrl_tcp_listen 127.0.0.1:${files.controlPort}`,
    ...(files.extraConfig ?? []),
  ];
}

function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `ausine` runs at 48 kHz and two channels only; any other setting drops the call at its answer. */
function audioLines(audio: BaresipAudio): string[] {
  if (audio === 'echo') return ['audio_source aubridge,echo', 'audio_player aubridge,echo'];
  if (audio === 'silence') return ['audio_source aubridge,silence', 'audio_player aubridge,nil'];
  if ('file' in audio) return [`audio_source aufile,${audio.file}`, 'audio_player aubridge,nil'];
  const source = [`audio_source ausine,${audio.sineHz}`, 'ausrc_srate 48000', 'ausrc_channels 2'];
  return [...source, 'audio_player aubridge,nil'];
}

function moduleLines(audio: BaresipAudio): string[] {
  const media = ['g711', 'aubridge', 'ausine', 'aufile', 'srtp', 'dtls_srtp', 'ice'];
  const recorder = audio === 'echo' ? [] : ['sndfile'];
  return [
    `module_path ${moduleFolder()}`,
    ...[...media, ...recorder].map((name) => `module ${name}.so`),
    'module_tmp uuid.so',
    'module_tmp account.so',
    'module_app menu.so',
    'module_app ctrl_tcp.so',
    'module_app debug_cmd.so',
  ];
}

/** Debian puts the modules beside the C library of the architecture. */
function moduleFolder(): string {
  const candidates = ['/usr/lib/baresip/modules', '/usr/local/lib/baresip/modules'];
  for (const architecture of listFolder('/usr/lib')) candidates.push(`/usr/lib/${architecture}/baresip/modules`);
  const found = candidates.find((folder) => listFolder(folder).includes('g711.so'));
  if (found === undefined) throw new Error(`No baresip modules in ${candidates.slice(0, 2).join(', ')} or /usr/lib/*/`);
  return found;
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
