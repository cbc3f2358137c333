import type { AudioFileView } from '@unisono/phone';

const RATE_HZ = 16_000;
const HEADER_OCTETS = 44;
/** Arguments of one call at most. */
const CHUNK = 8_192;

/** Whatever the browser can play as the phone system takes it: one channel, 16 kHz, 16 bits; what is longer is cut. */
export async function toWav(source: Blob, maxMs: number): Promise<AudioFileView> {
  const decoder = new AudioContext();
  const decoded = await decoder.decodeAudioData(await source.arrayBuffer()).finally(() => decoder.close());
  const frames = Math.max(1, Math.floor(Math.min(decoded.duration, maxMs / 1000) * RATE_HZ));
  // Mixes to one channel and changes the rate by the rules of Web Audio.
  const mixer = new OfflineAudioContext(1, frames, RATE_HZ);
  const player = new AudioBufferSourceNode(mixer, { buffer: decoded });
  player.connect(mixer.destination);
  player.start();
  const mixed = await mixer.startRendering();
  return { contentType: 'audio/wav', data: base64(wavOf(mixed.getChannelData(0))) };
}

/** The file as something an element can play. */
export function blobOf({ contentType, data }: AudioFileView): Blob {
  return new Blob([Uint8Array.from(atob(data), (char) => char.charCodeAt(0))], { type: contentType });
}

function wavOf(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(HEADER_OCTETS + samples.length * 2);
  const view = new DataView(octets.buffer);
  const header = [
    ['RIFF', 0],
    ['WAVE', 8],
    ['fmt ', 12],
    ['data', 36],
  ] as const;
  for (const [word, at] of header) octets.set(new TextEncoder().encode(word), at);
  view.setUint32(4, octets.length - 8, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, RATE_HZ * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, index) => {
    view.setInt16(HEADER_OCTETS + index * 2, Math.max(-1, Math.min(1, sample)) * 32_767, true);
  });
  return octets;
}

function base64(octets: Uint8Array): string {
  let text = '';
  for (let at = 0; at < octets.length; at += CHUNK) text += String.fromCharCode(...octets.subarray(at, at + CHUNK));
  return btoa(text);
}
