import type { MediaPort, StreamLike } from '@unisono/phone';
import { onPreferences, preferences } from '../ui/preferences.ts';

/** What the chosen microphone is asked for. */
export function microphoneWish(): MediaStreamConstraints {
  const { microphoneId, echoCancellation, noiseSuppression, autoGain } = preferences();
  return {
    audio: {
      echoCancellation,
      noiseSuppression,
      autoGainControl: autoGain,
      // `ideal`: a headset that was taken away must not cost the call.
      ...(microphoneId === '' ? {} : { deviceId: { ideal: microphoneId } }),
    },
  };
}

/** Lets an element speak through a chosen loudspeaker, where the browser lets pages choose. */
export async function speakThrough(element: HTMLAudioElement, deviceId: string): Promise<void> {
  if (typeof element.setSinkId !== 'function' || element.sinkId === deviceId) return;
  // A loudspeaker that is not there any more: the system's is better than silence.
  await element.setSinkId(deviceId).catch(() => element.setSinkId('').catch(() => undefined));
}

/** Microphone and loudspeaker of this page; each call has an element of its own. */
export function browserMedia(): MediaPort {
  const elements = new Map<string, HTMLAudioElement>();
  onPreferences(() => {
    for (const element of elements.values()) speakThrough(element, preferences().speakerId);
  });
  return {
    openMicrophone: () => navigator.mediaDevices.getUserMedia(microphoneWish()),
    play: (callId: string, stream: StreamLike | undefined) => {
      const before = elements.get(callId);
      if (stream === undefined) {
        if (before !== undefined) before.srcObject = null;
        elements.delete(callId);
        return;
      }
      const element = before ?? new Audio();
      // Held by the other side, or here, a call loses its track for a while: Firefox then ends the element, and only one that plays by
      // itself goes on when the track is back.
      element.autoplay = true;
      elements.set(callId, element);
      if (element.srcObject === stream) return;
      element.srcObject = stream instanceof MediaStream ? stream : null;
      speakThrough(element, preferences().speakerId);
      // Refused only before the first gesture on the page; an answered or dialled call had one.
      element.play().catch(() => undefined);
    },
  };
}

export interface SoundDevices {
  readonly microphones: readonly MediaDeviceInfo[];
  readonly speakers: readonly MediaDeviceInfo[];
}

export async function soundDevices(): Promise<SoundDevices> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const named = all.filter(({ deviceId }) => deviceId !== '' && deviceId !== 'default');
  return {
    microphones: named.filter(({ kind }) => kind === 'audioinput'),
    speakers: named.filter(({ kind }) => kind === 'audiooutput'),
  };
}

/** Measures how loud the microphone is, 0 to 1, for as long as it runs. */
export async function measureLevel(onLevel: (level: number) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia(microphoneWish());
  const audio = new AudioContext();
  const analyser = new AnalyserNode(audio, { fftSize: 1024 });
  audio.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let shown = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    // -60 dB is nothing, -6 dB is all; falls slowly, so that the eye can follow.
    const level = Math.min(1, Math.max(0, (10 * Math.log10(power + 1e-9) + 60) / 54));
    shown = Math.max(level, shown * 0.85);
    onLevel(shown);
  }, 50);
  return () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    audio.close();
  };
}
