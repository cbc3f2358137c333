import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { Mac, MacWith } from '@unisono/pbx';
import { keptSecret } from '../start/secret.ts';

/** File of the data folder with the key that issues clients' credentials and checks them. */
export const CLIENT_KEY_FILE = 'client-key';

/** The key of a data folder, made when there is none. Another key voids all credentials that were issued. */
export function clientMac(dataFolder: string): Mac {
  const key = keptSecret(join(dataFolder, CLIENT_KEY_FILE));
  return macOf(key);
}

/** The code with a key given as hexadecimal digits. */
export const macWith: MacWith = (keyDigits) => macOf(Buffer.from(keyDigits, 'hex'));

function macOf(key: Buffer): Mac {
  return (text) => createHmac('sha256', key).update(text).digest('hex');
}
