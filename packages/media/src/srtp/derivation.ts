import { createCipheriv, createSecretKey } from 'node:crypto';
import { SRTP_KEY_OCTETS, SRTP_PROFILES, type SrtpMasterKey } from './profile.ts';

/** What packets of one kind are secured with (RFC 3711 §4.3). Secret. */
export interface SessionKeys {
  readonly key: Buffer;
  readonly salt: Buffer;
  /** For HMAC-SHA1 (20 octets); unused by AEAD profiles. */
  readonly authenticationKey: Buffer;
}

const AUTHENTICATION_KEY_OCTETS = 20;
/** Salts of 96 bits are derived as if they ended in zeros (RFC 7714 §11). */
const LONGEST_SALT_OCTETS = 14;
/** The label stands seven octets before the end of the salt: key_id is label and 48 bits of index (RFC 3711 §4.3.1). */
const LABEL_AT = 7;

/** First label of each kind: encryption, then authentication, then salt (RFC 3711 §4.3.2). */
const FIRST_LABEL = { rtp: 0x00, rtcp: 0x03 } as const;

/** The session keys of RTP or RTCP packets, with a key derivation rate of zero (RFC 3711 §4.3.1). */
export function deriveSessionKeys(master: SrtpMasterKey, kind: 'rtp' | 'rtcp'): SessionKeys {
  const { saltOctets } = SRTP_PROFILES[master.profile];
  if (master.key.length !== SRTP_KEY_OCTETS || master.salt.length !== saltOctets)
    throw new RangeError(
      `${master.profile} takes a key of ${SRTP_KEY_OCTETS} and a salt of ${saltOctets} octets, not ${master.key.length} and ${master.salt.length}`,
    );
  const label = FIRST_LABEL[kind];
  return {
    key: derive(master, label, SRTP_KEY_OCTETS),
    authenticationKey: derive(master, label + 1, AUTHENTICATION_KEY_OCTETS),
    salt: derive(master, label + 2, saltOctets),
  };
}

/** AES in counter mode as pseudo-random function (RFC 3711 §4.3.3). */
function derive(master: SrtpMasterKey, label: number, octets: number): Buffer {
  const iv = Buffer.alloc(16);
  master.salt.copy(iv, 0, 0, LONGEST_SALT_OCTETS);
  iv[LABEL_AT] = (iv[LABEL_AT] ?? 0) ^ label;
  return createCipheriv('aes-128-ctr', createSecretKey(master.key), iv).update(Buffer.alloc(octets));
}
