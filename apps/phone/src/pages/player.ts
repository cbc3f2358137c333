import type { AudioFileView, Outcome } from '@unisono/phone';
import { useEffect, useRef, useState } from 'react';
import { speakThrough } from '../browser/sound.ts';
import { blobOf } from '../browser/wav.ts';
import { useRun } from '../phone-context.ts';
import { preferences } from '../ui/preferences.ts';

export interface Player {
  readonly isPlaying: boolean;
  /** 0 to 1. */
  readonly progress: number;
  /** Plays, or stops where it is. Gives whether it plays now. */
  toggle(): Promise<boolean>;
}

/** Plays a file that is fetched when it is first wanted. */
export function usePlayer(fetchFile: () => Promise<Outcome<AudioFileView>>): Player {
  const run = useRun();
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [progress, setProgress] = useState(0);
  useEffect(
    () => () => {
      audio.current?.pause();
      if (audio.current !== null) URL.revokeObjectURL(audio.current.src);
    },
    [],
  );
  const load = async (): Promise<HTMLAudioElement | undefined> => {
    if (audio.current !== null) return audio.current;
    const file = await run(fetchFile());
    if (file === undefined) return undefined;
    const element = new Audio(URL.createObjectURL(blobOf(file)));
    element.onplay = () => setPlaying(true);
    element.onpause = () => setPlaying(false);
    element.onended = () => setProgress(0);
    element.ontimeupdate = () => setProgress(element.duration > 0 ? element.currentTime / element.duration : 0);
    await speakThrough(element, preferences().speakerId);
    audio.current = element;
    return element;
  };
  return {
    isPlaying,
    progress,
    toggle: async () => {
      if (isPlaying) {
        audio.current?.pause();
        return false;
      }
      const element = await load();
      await element?.play().catch(() => undefined);
      return element !== undefined;
    },
  };
}
