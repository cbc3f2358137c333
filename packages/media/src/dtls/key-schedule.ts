import { createHmac } from 'node:crypto';

const MASTER_OCTETS = 48;
const VERIFY_DATA_OCTETS = 12;
const KEY_OCTETS = 16;
/** The part of a GCM nonce that is a secret (RFC 5288 §3). */
const SALT_OCTETS = 4;

export type DtlsRole = 'client' | 'server';

/** The randoms of both hellos. */
export interface Randoms {
  readonly client: Buffer;
  readonly server: Buffer;
}

/** Keys of one direction of the record layer. Secret. */
export interface RecordKeys {
  readonly key: Buffer;
  readonly salt: Buffer;
}

/** RFC 7627 §4 with `sessionHash`, the transcript up to ClientKeyExchange; RFC 5246 §8.1 without. */
export function masterSecretOf(premaster: Buffer, randoms: Randoms, sessionHash: Buffer | undefined): Buffer {
  if (sessionHash) return pseudoRandom(premaster, 'extended master secret', sessionHash, MASTER_OCTETS);
  return pseudoRandom(premaster, 'master secret', Buffer.concat([randoms.client, randoms.server]), MASTER_OCTETS);
}

/** Keys for AES_128_GCM (RFC 5246 §6.3, RFC 5288 §3). */
export function recordKeysOf(master: Buffer, randoms: Randoms): Readonly<Record<DtlsRole, RecordKeys>> {
  const seed = Buffer.concat([randoms.server, randoms.client]);
  const take = pieces(pseudoRandom(master, 'key expansion', seed, 2 * (KEY_OCTETS + SALT_OCTETS)));
  const [clientKey, serverKey] = [take(KEY_OCTETS), take(KEY_OCTETS)];
  return {
    client: { key: clientKey, salt: take(SALT_OCTETS) },
    server: { key: serverKey, salt: take(SALT_OCTETS) },
  };
}

/** What Finished of `role` has to say (RFC 5246 §7.4.9). */
export function finishedData(master: Buffer, role: DtlsRole, transcriptHash: Buffer): Buffer {
  return pseudoRandom(master, `${role} finished`, transcriptHash, VERIFY_DATA_OCTETS);
}

/** SRTP master keys and salts of both directions (RFC 5764 §4.2). */
export function srtpKeysOf(
  master: Buffer,
  randoms: Randoms,
  saltOctets: number,
): Readonly<Record<DtlsRole, RecordKeys>> {
  const seed = Buffer.concat([randoms.client, randoms.server]);
  const take = pieces(pseudoRandom(master, 'EXTRACTOR-dtls_srtp', seed, 2 * (KEY_OCTETS + saltOctets)));
  const [clientKey, serverKey] = [take(KEY_OCTETS), take(KEY_OCTETS)];
  return {
    client: { key: clientKey, salt: take(saltOctets) },
    server: { key: serverKey, salt: take(saltOctets) },
  };
}

function pieces(octets: Buffer): (count: number) => Buffer {
  let at = 0;
  return (count) => {
    at += count;
    return octets.subarray(at - count, at);
  };
}

/** PRF with P_SHA256 (RFC 5246 §5). */
function pseudoRandom(secret: Buffer, label: string, seed: Buffer, octets: number): Buffer {
  const labelled = Buffer.concat([Buffer.from(label, 'latin1'), seed]);
  const out: Buffer[] = [];
  let a = labelled;
  for (let have = 0; have < octets; have += 32) {
    a = createHmac('sha256', secret).update(a).digest();
    out.push(createHmac('sha256', secret).update(a).update(labelled).digest());
  }
  return Buffer.concat(out).subarray(0, octets);
}
