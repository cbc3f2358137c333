/**
 * An ordinary page with RTCPeerConnection, no library: it says a tone and listens. The test carries descriptions to and
 * fro and asks `window.peer`.
 */

const context = new AudioContext({ sampleRate: 48_000 });

function toneStream(frequencyHz) {
  const oscillator = new OscillatorNode(context, { frequency: frequencyHz });
  const level = new GainNode(context, { gain: 0.5 });
  const destination = context.createMediaStreamDestination();
  oscillator.connect(level).connect(destination);
  oscillator.start();
  return destination.stream;
}

class Peer {
  #pc;
  #analyser;
  #sender;
  // Without an element that plays it, Chromium does not feed a remote stream to Web Audio.
  #element = new Audio();

  open(toneHz) {
    void context.resume();
    this.#pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.#pc.ontrack = ({ streams, track }) => this.#listen(streams[0] ?? new MediaStream([track]));
    const stream = toneStream(toneHz);
    this.#sender = this.#pc.addTrack(stream.getAudioTracks()[0], stream);
  }

  async offer(options = {}) {
    await this.#pc.setLocalDescription(await this.#pc.createOffer(options));
    return await this.#described();
  }

  async answer(sdp) {
    await this.#pc.setRemoteDescription({ type: 'offer', sdp });
    await this.#pc.setLocalDescription(await this.#pc.createAnswer());
    return await this.#described();
  }

  async accept(sdp) {
    await this.#pc.setRemoteDescription({ type: 'answer', sdp });
  }

  setDirection(direction) {
    this.#pc.getTransceivers()[0].direction = direction;
  }

  press(digits) {
    this.#sender.dtmf.insertDTMF(digits, 100, 70);
  }

  close() {
    this.#pc.close();
  }

  state() {
    return { connection: this.#pc.connectionState, ice: this.#pc.iceConnectionState };
  }

  samples() {
    if (!this.#analyser) return { sampleRateHz: 48_000, samples: [] };
    const values = new Float32Array(this.#analyser.fftSize);
    this.#analyser.getFloatTimeDomainData(values);
    return { sampleRateHz: context.sampleRate, samples: [...values] };
  }

  async figures() {
    const figures = {};
    for (const report of (await this.#pc.getStats()).values()) {
      if (report.type === 'inbound-rtp') {
        figures.packetsReceived = report.packetsReceived;
        figures.packetsLost = report.packetsLost;
      } else if (report.type === 'outbound-rtp') figures.packetsSent = report.packetsSent;
      else if (report.type === 'remote-inbound-rtp') figures.roundTripSec = report.roundTripTime;
      else if (report.type === 'transport') figures.srtpCipher = report.srtpCipher;
    }
    return figures;
  }

  #listen(stream) {
    this.#element.muted = true;
    this.#element.srcObject = stream;
    void this.#element.play();
    this.#analyser = new AnalyserNode(context, { fftSize: 8_192 });
    context.createMediaStreamSource(stream).connect(this.#analyser);
  }

  async #described() {
    while (this.#pc.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 20));
    return this.#pc.localDescription.sdp;
  }
}

window.peer = new Peer();
