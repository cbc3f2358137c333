import { type DataFolder, openDataFolder } from '@unisono/platform';
import { type SipRequest, SystemClock, unescapeUri } from '@unisono/sip';
import { hasDoors } from '../config/border-addresses.ts';
import type { LoadedSettings } from '../config/load.ts';
import { startProtection } from '../protection/start-protection.ts';
import { createBorderCallStore } from '../stores/border-call-store.ts';
import { DATABASE_FILE, openStore, type Store } from '../stores/open-store.ts';
import { type RunningBorder, startBorder } from './border.ts';
import { Certificates } from './certificates.ts';
import { keptSecret } from './secret.ts';
import { StartError } from './start-error.ts';
import type { processLog } from './system-process.ts';
import type { TlsMaterial } from './tls.ts';

/** File of the data folder with the secret that seals what others keep for the border. */
const SEAL_FILE = 'border-secret';

/** The secret that borders side by side share, or this one's own. */
export function sealSecretOf({ sbc }: LoadedSettings, folder: DataFolder): Buffer {
  return sbc.secret === undefined ? keptSecret(folder.file(SEAL_FILE)) : Buffer.from(sbc.secret);
}

/** Software as the outside sees it: without a version, which would help attackers alone. */
export const PRODUCT = 'Unisono';

/** A border in a process of its own. */
export interface BorderProcess {
  readonly border: RunningBorder;
  readonly tls: TlsMaterial;
  readonly certificates: Certificates;
  /** Ends calls and releases the data folder. */
  stop(): Promise<void>;
}

/** Starts a border apart from its gateways. Throws what the steps throw: all of it says what is wrong and what to do. */
export async function startBorderProcess(
  settings: LoadedSettings,
  log: ReturnType<typeof processLog>,
): Promise<BorderProcess> {
  if (settings.sbc.gateways.length === 0) {
    throw new StartError('no gateway is named that calls could go to. Name one: sbc.gateways: udp:10.0.0.1:5060');
  }
  if (!hasDoors(settings)) throw new StartError('every door is off. Open one: sbc.wss: 8443');
  const clock = new SystemClock();
  const folder = openDataFolder(settings.data);
  let store: Store | undefined;
  try {
    // Bans outlive a restart, and `unisono bans` meets them here.
    const opened = await openStore(folder.file(DATABASE_FILE));
    store = opened;
    const certificates = await Certificates.open({ settings, folder, clock, log });
    const tls = certificates.material;
    const border = await startBorder({
      settings,
      tls,
      clock,
      log,
      sealSecret: sealSecretOf(settings, folder),
      product: PRODUCT,
      protect: (disconnect) => startProtection({ settings, store: opened, isEmergency, clock, log, disconnect }),
      calls: createBorderCallStore(opened, (err) => log.error({ err }, 'a call at the border was not kept')),
      link: undefined,
    });
    certificates.onChange((pair) => border.setCertificate(pair));
    return {
      border,
      tls,
      certificates,
      stop: async () => {
        await border.close();
        certificates.close();
        await opened.close();
        clock.close();
        await folder.release();
      },
    };
  } catch (error) {
    await store?.close();
    await folder.release();
    throw error;
  }
}

/** Numbers that call for help somewhere: a border without system data knows no others. */
const EMERGENCY_NUMBERS = ['112', '911', '110', '999'];

function isEmergency({ uri }: SipRequest): boolean {
  if (!uri) return false;
  if (uri.scheme === 'other') return /^urn:service:sos/i.test(uri.text);
  return EMERGENCY_NUMBERS.includes(uri.scheme === 'tel' ? uri.number : unescapeUri(uri.user ?? ''));
}
