/** Expressions for the app's own page, which tell what a person at it hears. */

/** What the page plays is in no document: it is remembered when it begins. */
export const REMEMBER_PLAYED = `{
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () {
    window.played = [...(window.played ?? []), this];
    return play.call(this);
  };
}`;

/** Whether the loudest tone of what plays now is that one, within the width of the measure. */
export const HEARD = (frequencyHz: number): string => `(async () => {
  const playing = (window.played ?? []).filter((one) => !one.paused && one.srcObject?.active);
  const stream = playing.at(-1)?.srcObject;
  if (stream === undefined) return false;
  const audio = new AudioContext();
  const analyser = new AnalyserNode(audio, { fftSize: 8192 });
  audio.createMediaStreamSource(stream).connect(analyser);
  await new Promise((done) => setTimeout(done, 400));
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  const widthHz = audio.sampleRate / analyser.fftSize;
  await audio.close();
  const loudest = levels.indexOf(Math.max(...levels));
  return Math.max(...levels) > -60 && Math.abs(loudest * widthHz - ${frequencyHz}) < 2 * widthHz;
})()`;
