/**
 * A softphone in a web page, as any web developer would write it with JsSIP. The test drives it through `window.phone`;
 * everything that goes in and comes out is plain data.
 */
import JsSIP from 'jssip';
import type { RTCSession } from 'jssip/lib/RTCSession';
import type { CallState, CallView, PhoneView, RegisterOptions, StreamFigures } from '../view.ts';
import { Ear, toneStream } from './tone.ts';

interface PageCall {
  readonly id: number;
  readonly session: RTCSession;
  readonly direction: 'incoming' | 'outgoing';
  state: CallState;
  cause: string;
  /** Reason header of the BYE or CANCEL that ended it. */
  reason: string;
  /** Milliseconds since the page began, of each state's begin. */
  readonly atMs: Partial<Record<CallState, number>>;
  endedBy: string;
  ear: Ear | undefined;
  /** Digits that came by INFO. */
  digits: string;
}

interface EndEvent {
  readonly cause: string;
  readonly originator: string;
  /** What ended it, where the other side did. */
  readonly message?: { getHeader?: (name: string) => string | undefined } | null;
}

class Phone {
  #ua: InstanceType<typeof JsSIP.UA> | undefined;
  #registration: PhoneView['registration'] = 'none';
  #registrationCause = '';
  #pcConfig: RTCConfiguration = {};
  readonly #calls: PageCall[] = [];
  #sockets = 0;
  #socket: InstanceType<typeof JsSIP.WebSocketInterface> | undefined;

  register(options: RegisterOptions): void {
    this.#pcConfig = options.pcConfig ?? {};
    const socket = new JsSIP.WebSocketInterface(options.url);
    this.#socket = socket;
    this.#ua = new JsSIP.UA({
      sockets: [socket],
      uri: options.uri,
      authorization_user: options.user,
      password: options.password,
      register_expires: options.expiresSec ?? 120,
      session_timers: options.sessionTimers ?? true,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 4,
      ...(options.instanceId === undefined ? {} : { instance_id: options.instanceId }),
    });
    this.#ua.on('connected', () => {
      this.#sockets++;
    });
    this.#ua.on('registered', () => {
      this.#registration = 'registered';
    });
    this.#ua.on('unregistered', () => {
      this.#registration = 'none';
    });
    this.#ua.on('registrationFailed', ({ cause, response }: { cause?: string; response?: { status_code: number } }) => {
      this.#registration = 'failed';
      this.#registrationCause = `${response?.status_code ?? ''} ${cause ?? ''}`.trim();
    });
    this.#ua.on('newRTCSession', ({ session }: { session: RTCSession }) => this.#watch(session));
    this.#ua.start();
  }

  stop(): void {
    this.#ua?.stop();
  }

  call(target: string, toneHz: number): void {
    this.#ua?.call(target, { mediaStream: toneStream(toneHz), pcConfig: this.#pcConfig });
  }

  answer(id: number, toneHz: number): void {
    this.#call(id).session.answer({ mediaStream: toneStream(toneHz), pcConfig: this.#pcConfig });
  }

  hangUp(id: number): void {
    this.#call(id).session.terminate();
  }

  reject(id: number, status: number): void {
    this.#call(id).session.terminate({ status_code: status });
  }

  hold(id: number): void {
    this.#call(id).session.hold();
  }

  resume(id: number): void {
    this.#call(id).session.unhold();
  }

  refer(id: number, target: string): void {
    this.#call(id).session.refer(target);
  }

  /** New ICE for a running call, as after a change of network. */
  restartIce(id: number): void {
    this.#call(id).session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
  }

  /** The WebSocket dies without a word; JsSIP opens another. */
  dropSocket(): void {
    const socket = this.#socket as unknown as { _ws?: WebSocket } | undefined;
    socket?._ws?.close();
  }

  /** Digits as RTP events (RFC 4733). */
  sendDigits(id: number, digits: string): void {
    this.#call(id).session.sendDTMF(digits, {
      transportType: JsSIP.C.DTMF_TRANSPORT.RFC2833,
      duration: 200,
      interToneGap: 70,
    });
  }

  samples(id: number): { readonly sampleRateHz: number; readonly samples: number[] } | undefined {
    return this.#call(id).ear?.samples();
  }

  async figures(id: number): Promise<StreamFigures> {
    const report = await this.#call(id).session.connection?.getStats();
    const stats = [...(report?.values() ?? [])] as Record<string, unknown>[];
    const find = (type: string) => stats.find((one) => one.type === type && (one.kind ?? 'audio') === 'audio') ?? {};
    const [received, sent, transport] = [find('inbound-rtp'), find('outbound-rtp'), find('transport')];
    const codec = stats.find((one) => one.id === received.codecId) ?? {};
    return {
      packetsReceived: Number(received.packetsReceived ?? 0),
      packetsLost: Number(received.packetsLost ?? 0),
      packetsSent: Number(sent.packetsSent ?? 0),
      codec: String(codec.mimeType ?? ''),
      dtls: String(transport.dtlsState ?? ''),
      candidateTypes: stats
        .filter((one) => one.type === 'local-candidate')
        .map(({ candidateType }) => String(candidateType)),
    };
  }

  view(): PhoneView {
    return {
      registration: this.#registration,
      registrationCause: this.#registrationCause,
      sockets: this.#sockets,
      calls: this.#calls.map(viewOf),
    };
  }

  #call(id: number): PageCall {
    const found = this.#calls[id];
    if (!found) throw new Error(`there is no call ${id}`);
    return found;
  }

  #watch(session: RTCSession): void {
    const call: PageCall = {
      id: this.#calls.length,
      session,
      direction: session.direction === 'incoming' ? 'incoming' : 'outgoing',
      state: 'new',
      cause: '',
      reason: '',
      atMs: {},
      endedBy: '',
      ear: undefined,
      digits: '',
    };
    this.#calls.push(call);
    const enter = (state: CallState) => {
      call.state = state;
      call.atMs[state] ??= Math.round(performance.now());
    };
    const onEnd = ({ cause, originator, message }: EndEvent) => {
      call.cause = cause;
      call.reason = message?.getHeader?.('Reason') ?? '';
      call.endedBy = originator;
      enter('ended');
    };
    enter(call.direction === 'incoming' ? 'ringing' : 'new');
    session.on('progress', () => enter('ringing'));
    session.on('accepted', () => enter('accepted'));
    session.on('confirmed', () => enter('confirmed'));
    session.on('ended', onEnd);
    session.on('failed', onEnd);
    session.on('newDTMF', ({ originator, dtmf }: { originator: string; dtmf: { tone: string } }) => {
      if (originator === 'remote') call.digits += dtmf.tone;
    });
    const listen = (connection: RTCPeerConnection) =>
      connection.addEventListener('track', ({ track }) => {
        call.ear = new Ear(new MediaStream([track]));
      });
    if (session.connection) listen(session.connection);
    else session.on('peerconnection', ({ peerconnection }) => listen(peerconnection));
  }
}

function viewOf({ id, session, direction, state, cause, reason, endedBy, atMs, digits }: PageCall): CallView {
  const hold = session.isOnHold();
  return {
    id,
    direction,
    state,
    cause,
    reason,
    endedBy,
    atMs,
    digits,
    heldByUs: hold.local,
    heldByThem: hold.remote,
    remoteNumber: String(session.remote_identity?.uri?.user ?? ''),
    remoteName: String(session.remote_identity?.display_name ?? ''),
  };
}

declare global {
  interface Window {
    phone: Phone;
  }
}

window.phone = new Phone();
