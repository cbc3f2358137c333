import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { RecordKeys } from './key-schedule.ts';
import { DTLS_1_2 } from './messages.ts';
import { type DtlsRecord, RECORD_HEADER_OCTETS } from './records.ts';

const TAG_OCTETS = 16;
const EXPLICIT_NONCE_OCTETS = 8;

/** Writes records, each with a sequence number of its own (RFC 6347 §4.1); the second epoch is encrypted. */
export class RecordWriter {
  #plainSequence = 0;
  #sealedSequence = 0;
  #seal: { readonly key: KeyObject; readonly salt: Buffer } | undefined;

  /** From here on records of epoch 1 can be written. */
  protect({ key, salt }: RecordKeys): void {
    this.#seal = { key: createSecretKey(key), salt };
  }

  write(epoch: 0 | 1, type: number, body: Buffer): Buffer {
    if (epoch === 0) return Buffer.concat([header(type, 0, this.#plainSequence++, body.length), body]);
    if (!this.#seal) throw new Error('there are no keys for the second epoch yet');
    // RFC 5288 §3: the nonce goes with the record; the sequence number never comes twice.
    const head = header(type, 1, this.#sealedSequence++, EXPLICIT_NONCE_OCTETS + body.length + TAG_OCTETS);
    const explicit = head.subarray(3, 11);
    const cipher = createCipheriv('aes-128-gcm', this.#seal.key, Buffer.concat([this.#seal.salt, explicit]));
    cipher.setAAD(additionalData(head, body.length));
    return Buffer.concat([head, explicit, cipher.update(body), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Reads records of the second epoch. */
export class RecordOpener {
  readonly #key: KeyObject;
  readonly #salt: Buffer;

  constructor({ key, salt }: RecordKeys) {
    this.#key = createSecretKey(key);
    this.#salt = salt;
  }

  /** What is in a record; undefined when it is not authentic. */
  open({ octets, body }: DtlsRecord): Buffer | undefined {
    const length = body.length - EXPLICIT_NONCE_OCTETS - TAG_OCTETS;
    if (length < 0) return undefined;
    const nonce = Buffer.concat([this.#salt, body.subarray(0, EXPLICIT_NONCE_OCTETS)]);
    const decipher = createDecipheriv('aes-128-gcm', this.#key, nonce);
    decipher.setAAD(additionalData(octets, length));
    decipher.setAuthTag(body.subarray(-TAG_OCTETS));
    const plain = decipher.update(body.subarray(EXPLICIT_NONCE_OCTETS, -TAG_OCTETS));
    try {
      decipher.final();
      return plain;
    } catch {
      return undefined;
    }
  }
}

function header(type: number, epoch: number, sequence: number, length: number): Buffer {
  const head = Buffer.alloc(RECORD_HEADER_OCTETS);
  head[0] = type;
  head.writeUInt16BE(DTLS_1_2, 1);
  head.writeUInt16BE(epoch, 3);
  head.writeUIntBE(sequence, 5, 6);
  head.writeUInt16BE(length, 11);
  return head;
}

/** RFC 5246 §6.2.3.3: epoch and sequence number, type, version, length of what is encrypted. */
function additionalData(head: Buffer, length: number): Buffer {
  const data = Buffer.alloc(13);
  head.copy(data, 0, 3, 11);
  head.copy(data, 8, 0, 3);
  data.writeUInt16BE(length, 11);
  return data;
}
