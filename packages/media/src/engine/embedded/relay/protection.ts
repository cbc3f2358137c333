import type { DtlsKeys } from '../../../dtls/session.ts';
import { SrtpReceiver, SrtpSender } from '../../../srtp/context.ts';
import type { SrtpMasterKey, SrtpProfile } from '../../../srtp/profile.ts';
import { SRTP_PROFILES } from '../../../srtp/profile.ts';
import type { SdesSecret } from '../control.ts';

/** How one leg secures its packets at this moment. */
export type Protection =
  /** Nothing may pass: keys are missing, or whose they are has not been proved. */
  | { readonly kind: 'none' }
  | { readonly kind: 'plain' }
  | { readonly kind: 'srtp'; readonly sender: SrtpSender; readonly receiver: SrtpReceiver };

export const NO_PROTECTION: Protection = { kind: 'none' };
export const PLAIN_PROTECTION: Protection = { kind: 'plain' };

/** One direction's context, kept while its key stays the same: its rollover counter and replay window live on. */
interface Keyed<Context> {
  readonly secret: SdesSecret;
  readonly context: Context;
}

/** Keys by SDES (RFC 4568). Each direction goes on with its context when only the other's key changes. */
export class SdesProtection {
  #sender: Keyed<SrtpSender> | undefined;
  #receiver: Keyed<SrtpReceiver> | undefined;

  configure(local: SdesSecret, remote: SdesSecret | undefined): Protection {
    if (!isSame(this.#sender?.secret, local)) {
      this.#sender = { secret: local, context: new SrtpSender(masterKeyOf(local)) };
    }
    if (!remote) this.#receiver = undefined;
    else if (!isSame(this.#receiver?.secret, remote)) {
      this.#receiver = { secret: remote, context: new SrtpReceiver(masterKeyOf(remote)) };
    }
    const [sender, receiver] = [this.#sender?.context, this.#receiver?.context];
    return sender && receiver ? { kind: 'srtp', sender, receiver } : NO_PROTECTION;
  }
}

/** Contexts under the keys of a DTLS association (RFC 5764 §4.2). */
export function dtlsProtection({ profile, local, remote }: DtlsKeys): Protection {
  return {
    kind: 'srtp',
    sender: new SrtpSender({ profile, ...local }),
    receiver: new SrtpReceiver({ profile, ...remote }),
  };
}

function masterKeyOf({ suite, keyAndSalt }: SdesSecret): SrtpMasterKey {
  const octets = Buffer.from(keyAndSalt, 'base64');
  const profile: SrtpProfile = suite;
  const keyOctets = octets.length - SRTP_PROFILES[profile].saltOctets;
  return { profile, key: octets.subarray(0, keyOctets), salt: octets.subarray(keyOctets) };
}

function isSame(a: SdesSecret | undefined, b: SdesSecret): boolean {
  return a?.suite === b.suite && a.keyAndSalt === b.keyAndSalt;
}
