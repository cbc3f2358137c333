import { MAX_AUDIO_PART_OCTETS } from '@unisono/contract';

export interface AudioPart {
  readonly offset: number;
  readonly totalOctets: number;
  /** base64. */
  readonly data: string;
}

/** More than any message may have: five minutes at 48 kHz. */
const MAX_FILE_OCTETS = 32_000_000;

/** Reads a file part by part; undefined when the parts do not make one: it was replaced meanwhile, or is too large. */
export async function readInParts(read: (offset: number) => Promise<AudioPart>): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let octets = 0;
  for (;;) {
    const { offset, totalOctets, data } = await read(octets);
    const part = Buffer.from(data, 'base64');
    if (offset !== octets || totalOctets > MAX_FILE_OCTETS || octets + part.length > totalOctets) return undefined;
    parts.push(part);
    octets += part.length;
    if (octets === totalOctets) return Buffer.concat(parts);
    if (part.length === 0) return undefined;
  }
}

/** Sends a file part by part; an empty one is a single empty part. */
export async function writeInParts(file: Buffer, write: (part: AudioPart) => Promise<unknown>): Promise<void> {
  let offset = 0;
  do {
    const data = file.subarray(offset, offset + MAX_AUDIO_PART_OCTETS);
    await write({ offset, totalOctets: file.length, data: data.toString('base64') });
    offset += data.length;
  } while (offset < file.length);
}
