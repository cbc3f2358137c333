import { done, failed, type Outcome } from '../outcome.ts';
import type { MediaPort, StreamLike } from '../ports.ts';

/** The stream of the chosen microphone; it is the caller's to stop. */
export async function openMicrophone(media: MediaPort): Promise<Outcome<StreamLike>> {
  try {
    return done(await media.openMicrophone());
  } catch (error) {
    return failed('noMicrophone', error instanceof Error ? error.message : 'The microphone cannot be used.');
  }
}

export function enable(stream: StreamLike, isOn: boolean): void {
  for (const track of stream.getTracks()) track.enabled = isOn;
}

export function stop(stream: StreamLike | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
