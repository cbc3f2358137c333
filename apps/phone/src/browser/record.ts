import { microphoneWish } from './sound.ts';

/** Records the chosen microphone until it is stopped or the time is over. Rejects when there is no microphone. */
export async function startRecording(maxMs: number): Promise<{ readonly sound: Promise<Blob>; stop(): void }> {
  const stream = await navigator.mediaDevices.getUserMedia(microphoneWish());
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stop = (): void => {
    if (recorder.state !== 'inactive') recorder.stop();
  };
  const timer = setTimeout(stop, maxMs);
  const sound = new Promise<Blob>((done) => {
    recorder.onstop = () => {
      clearTimeout(timer);
      for (const track of stream.getTracks()) track.stop();
      done(new Blob(parts, { type: recorder.mimeType }));
    };
  });
  recorder.start();
  return { sound, stop };
}
