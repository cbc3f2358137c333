import { createECDH, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Group } from './messages.ts';

/** SubjectPublicKeyInfo of X25519 up to the key itself (RFC 8410 §4). */
const X25519_HEAD = Buffer.from('302a300506032b656e032100', 'hex');
const X25519_OCTETS = 32;

/** Our half of an ephemeral Diffie-Hellman exchange (RFC 8422 §5.4). */
export interface KeyShare {
  readonly group: Group;
  readonly point: Buffer;
  /** The premaster secret with the peer's half. Throws when that is no point of the curve. */
  agree(peerPoint: Buffer): Buffer;
}

export function newKeyShare(group: Group): KeyShare {
  return group === 'x25519' ? x25519() : p256();
}

function x25519(): KeyShare {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-X25519_OCTETS);
  return {
    group: 'x25519',
    point,
    agree: (peerPoint) => diffieHellman({ privateKey, publicKey: x25519Key(peerPoint) }),
  };
}

function x25519Key(point: Buffer): KeyObject {
  if (point.length !== X25519_OCTETS) throw new RangeError('the peer sent no point of X25519');
  return createPublicKey({ key: Buffer.concat([X25519_HEAD, point]), type: 'spki', format: 'der' });
}

function p256(): KeyShare {
  const ecdh = createECDH('prime256v1');
  return { group: 'P-256', point: ecdh.generateKeys(), agree: (peerPoint) => ecdh.computeSecret(peerPoint) };
}
