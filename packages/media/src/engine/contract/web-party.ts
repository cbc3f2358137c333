import { MediaStreamTrack, type RTCDtlsTransport, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader } from 'werift';
import { Party } from './party.ts';

/** A browser: full ICE and DTLS-SRTP. */
export class WebParty extends Party {
  readonly #connection: RTCPeerConnection;
  readonly #track = new MediaStreamTrack({ kind: 'audio' });
  /** Below the tracks: packets of all numbers and sources, as they are on the wire. */
  readonly #transport: () => RTCDtlsTransport | undefined;
  #listened: RTCDtlsTransport | undefined;
  #sequence = 100;
  #isRestarting = false;

  constructor(toneHz: number, eventNumber = 126) {
    super(toneHz);
    const audio = [
      new RTCRtpCodecParameters({ mimeType: 'audio/PCMA', clockRate: 8_000, channels: 1, payloadType: 8 }),
      new RTCRtpCodecParameters({
        mimeType: 'audio/telephone-event',
        clockRate: 8_000,
        channels: 1,
        payloadType: eventNumber,
      }),
    ];
    this.#connection = new RTCPeerConnection({
      codecs: { audio, video: [] },
      iceAdditionalHostAddresses: ['127.0.0.1'],
      iceServers: [],
      iceUseIpv6: false,
      iceUseTcp: false,
      bundlePolicy: 'max-bundle',
    });
    const transceiver = this.#connection.addTransceiver(this.#track, { direction: 'sendrecv' });
    this.#transport = () => transceiver.dtlsTransport;
  }

  get state(): string {
    return this.#connection.connectionState;
  }

  async offer(options: { readonly isRestart?: boolean } = {}): Promise<string> {
    this.#isRestarting = options.isRestart === true;
    await this.#connection.setLocalDescription(await this.#connection.createOffer({ iceRestart: this.#isRestarting }));
    return this.#local();
  }

  async answer(offer: string): Promise<string> {
    await this.#connection.setRemoteDescription({ type: 'offer', sdp: offer });
    this.learnNumbers(offer);
    await this.#connection.setLocalDescription(await this.#connection.createAnswer());
    return this.#local();
  }

  async accept(answer: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: 'answer', sdp: answer });
    this.learnNumbers(answer);
    // werift begins no checks of its own accord where DTLS is up already.
    const ice = this.#transport()?.iceTransport;
    if (this.#isRestarting) void ice?.connection.connect();
    this.#isRestarting = false;
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  protected send(payloadType: number, payload: Buffer, timestamp: number): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const header = new RtpHeader({ payloadType, sequenceNumber: this.#sequence, timestamp, ssrc: 1 });
    const transport = this.#transport();
    if (transport?.srtpStarted) void transport.sendRtp(payload, header);
  }

  #local(): string {
    const transport = this.#transport();
    if (transport && transport !== this.#listened) {
      this.#listened = transport;
      transport.onRtp.subscribe(({ header: { payloadType, sequenceNumber }, payload }) => {
        this.heard.push({ payloadType, sequenceNumber, payload });
      });
    }
    return this.#connection.localDescription?.sdp ?? '';
  }
}
