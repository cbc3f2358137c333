import { isIPv6 } from 'node:net';
import { type OfferedDescription, readOfferedStream } from '../description/index.ts';
import type {
  AnswerRequest,
  MediaCallStatistics,
  MediaEngine,
  MediaEngineErrorCode,
  MediaEngineResult,
  MediaEngineSnapshot,
  MediaKey,
  MediaLoss,
  MediaSide,
  OfferRequest,
} from '../engine.ts';
import type { StreamEnd } from '../stream.ts';
import { type BencodedDictionary, textIn } from './bencode.ts';
import type { RtpengineCall } from './call.ts';
import { ControlClient } from './control.ts';
import {
  dialogOfAnswer,
  dialogOfOffer,
  isNamed,
  type MediaDialog,
  newDialog,
  profileOf,
  withDialog,
} from './dialogs.ts';
import { NO_END, readAnswer, takeAnswer, takeOffer } from './exchange.ts';
import { answerFlags, learningOf, offerFlags } from './flags.ts';
import { Instance, spread } from './instance.ts';
import { Monitor } from './monitor.ts';
import {
  checkOptions,
  DEFAULT_CHECK_MS,
  DEFAULT_CONNECT_MS,
  DEFAULT_PING_MS,
  type RtpengineMachine,
  type RtpengineOptions,
  systemMachine,
} from './options.ts';
import { legStatistics } from './statistics.ts';
import { endOfRtpengine, streamForRtpengine } from './transcript.ts';

type Failure = Extract<MediaEngineResult, { ok: false }>;
type Told = { readonly ok: true; readonly local: StreamEnd } | Failure;

/**
 * Opens the control connection and starts to watch the instances. Throws a TypeError for options that cannot work, and an
 * Error when there is no port for the connection.
 */
export async function createRtpengineEngine(options: RtpengineOptions): Promise<RtpengineEngine> {
  checkOptions(options);
  const machine = options.machine ?? systemMachine();
  const anyAddress = isIPv6(options.instances[0]?.address ?? '') ? '::' : '0.0.0.0';
  const bound = await machine.sockets.bind(machine.bindAddress ?? anyAddress, 0);
  if (!bound.ok) throw new Error(`no port for the control connection to rtpengine: ${bound.message}`);
  return new RtpengineEngine(options, machine, new ControlClient(bound.socket, machine.clock, machine.random));
}

/** Media anchored by rtpengine, one or several, over its control protocol. */
export class RtpengineEngine implements MediaEngine {
  readonly #options: RtpengineOptions;
  readonly #machine: RtpengineMachine;
  readonly #client: ControlClient;
  readonly #instances: readonly Instance[];
  readonly #calls = new Map<string, RtpengineCall>();
  readonly #monitor: Monitor;
  #isClosed = false;

  constructor(options: RtpengineOptions, machine: RtpengineMachine, client: ControlClient) {
    this.#options = options;
    this.#machine = machine;
    this.#client = client;
    this.#instances = options.instances.map((address) => new Instance(address, client));
    this.#monitor = new Monitor({
      instances: this.#instances,
      calls: this.#calls,
      clock: machine.clock,
      pingMs: options.pingMs ?? DEFAULT_PING_MS,
      checkMs: options.checkMs ?? DEFAULT_CHECK_MS,
      connectMs: options.connectMs ?? DEFAULT_CONNECT_MS,
      lose: (call, loss, message) => this.#lose(call, loss, message),
    });
    this.#monitor.start();
  }

  async offer(request: OfferRequest): Promise<MediaEngineResult> {
    if (this.#isClosed) return failure('unavailable', 'the media engine is closed');
    const read = readOfferedStream(request.sdp, { signalledFrom: request.from.signalledFrom });
    if (!read.ok) return read;
    const call = this.#calls.get(request.callId);
    if (call) return await this.#offerIn(call, request, read.offer);
    for (const instance of spread(this.#instances, request.callId)) {
      const result = await this.#offerIn(this.#newCall(request.callId, instance), request, read.offer);
      if (instance.isUp) return result;
    }
    return failure('unavailable', 'no rtpengine answers');
  }

  async answer(request: AnswerRequest): Promise<MediaEngineResult> {
    const call = this.#calls.get(request.callId);
    const dialog = call && dialogOfAnswer(call.dialogs, request);
    const read = dialog && readAnswer(dialog, request);
    if (!call || !dialog?.last || !read) return unknownCall(request);
    if (!read.ok) return read;
    const { isFromCaller } = dialog.last;
    const offerer = isFromCaller ? dialog.caller : dialog.callee;
    const told = read.answer.audio
      ? await this.#tell(call, 'answer', request, {
          ...answerFlags(offerer.profile, learningOf(read.answer.audio.end, request.from)),
          'to-tag': request.toTag,
          'via-branch': isFromCaller ? dialog.viaBranch : undefined,
          sdp: streamForRtpengine(read.answer.sdp, read.answer.audio),
        })
      : { ok: true as const, local: NO_END };
    if (!told.ok) return told;
    const taken = takeAnswer(dialog, read.answer, told.local);
    if (!taken.ok) return taken;
    const nowMs = this.#machine.clock.nowMs();
    const answeredAtMs = dialog.answeredAtMs ?? (request.isProvisional ? undefined : nowMs);
    this.#keep(call, { ...taken.dialog, answeredAtMs });
    if (answeredAtMs === undefined) return { ok: true, sdp: taken.sdp };
    call.checkAtMs = Math.min(call.checkAtMs, nowMs + (this.#options.connectMs ?? DEFAULT_CONNECT_MS));
    return { ok: true, sdp: taken.sdp };
  }

  async delete(key: Pick<MediaKey, 'callId'> & Partial<MediaKey>): Promise<void> {
    const call = this.#calls.get(key.callId);
    if (!call) return await this.#deleteUnknown(key.callId);
    const isWhole = key.toTag === undefined && key.viaBranch === undefined;
    const remaining = isWhole ? [] : call.dialogs.filter((dialog) => !isNamed(dialog, key));
    if (remaining.length === call.dialogs.length) return;
    call.dialogs = remaining;
    if (remaining.length === 0) return await this.#end(call);
    const { callId, fromTag, toTag, viaBranch } = key;
    const members = { 'from-tag': fromTag, 'to-tag': toTag, 'via-branch': viaBranch, 'delete-delay': 0 };
    await call.instance.command('delete', { 'call-id': callId, ...members });
  }

  async query(callId: string): Promise<MediaCallStatistics | undefined> {
    const call = this.#calls.get(callId);
    if (!call) return await this.#queryUnknown(callId);
    const result = await call.instance.command('query', { 'call-id': callId });
    if (!result.ok) return undefined;
    return { callId, startedAtMs: call.startedAtMs, legs: legStatistics(result.reply, call.dialogs) };
  }

  snapshot(): MediaEngineSnapshot {
    const up = this.#instances.filter((instance) => instance.isUp);
    return {
      kind: 'rtpengine',
      calls: this.#calls.size,
      portsUsed: up.reduce((sum, { ports }) => sum + ports.used, 0),
      portsTotal: up.reduce((sum, { ports }) => sum + ports.total, 0),
      available: up.length,
      configured: this.#instances.length,
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#monitor.stop();
    await Promise.all([...this.#calls.values()].map((call) => this.#end(call)));
    this.#client.close();
  }

  async #offerIn(call: RtpengineCall, request: OfferRequest, offer: OfferedDescription): Promise<MediaEngineResult> {
    const known = dialogOfOffer(call.dialogs, request);
    if (!known && request.toTag !== undefined && call.dialogs.length > 0) return unknownCall(request);
    const dialog = known ?? this.#newDialog(request, offer);
    const isFromCaller = dialog.caller.tag === request.fromTag;
    const [offerer, receiver] = isFromCaller ? [dialog.caller, dialog.callee] : [dialog.callee, dialog.caller];
    if (offerer.profile.security !== offer.audio.end.security.kind) return securityChanged(offerer.profile.security);
    const told = await this.#tell(call, 'offer', request, {
      ...offerFlags(receiver.profile, learningOf(offer.audio.end, request.from)),
      ...(known ? {} : this.#interfaces(request.from.side, request.to.side)),
      'to-tag': request.toTag,
      'via-branch': isFromCaller ? dialog.viaBranch : undefined,
      sdp: streamForRtpengine(offer.sdp, offer.audio),
    });
    if (!told.ok) return told;
    const offered = { ...offerer, profile: profileOf(offer.audio) };
    const spoken = isFromCaller ? { ...dialog, caller: offered } : { ...dialog, callee: offered };
    const taken = takeOffer(spoken, offer, isFromCaller, told.local);
    this.#keep(call, taken.dialog);
    return { ok: true, sdp: taken.sdp };
  }

  /** Has rtpengine take a description; gives its end towards the other party. */
  async #tell(
    call: RtpengineCall,
    command: 'offer' | 'answer',
    { callId, fromTag }: MediaKey,
    members: BencodedDictionary,
  ): Promise<Told> {
    const { instance } = call;
    const result = await instance.command(command, { 'call-id': callId, 'from-tag': fromTag, ...members });
    if (!result.ok) {
      if (result.code === 'refused') return refusal(instance, result.reason);
      this.#monitor.silent(instance, result.reason);
      instance.leave(callId);
      return failure('unavailable', `rtpengine ${instance.name} does not answer`);
    }
    const local = endOfRtpengine(textIn(result.reply, 'sdp') ?? '');
    return local ? { ok: true, local } : failure('unavailable', `rtpengine ${instance.name} wrote no description`);
  }

  /** Calls of before a restart of this process are where they were placed then, as long as that one answers. */
  async #queryUnknown(callId: string): Promise<MediaCallStatistics | undefined> {
    for (const instance of spread(this.#instances, callId)) {
      const result = await instance.command('query', { 'call-id': callId });
      if (result.ok) return { callId, startedAtMs: Number(result.reply.created) * 1_000, legs: [] };
    }
    return undefined;
  }

  async #deleteUnknown(callId: string): Promise<void> {
    const [instance] = this.#isClosed ? [] : spread(this.#instances, callId);
    await instance?.command('delete', { 'call-id': callId, 'delete-delay': 0 });
  }

  #keep(call: RtpengineCall, dialog: MediaDialog): void {
    call.dialogs = withDialog(call.dialogs, dialog);
    if (!this.#isClosed) this.#calls.set(call.callId, call);
  }

  #newCall(callId: string, instance: Instance): RtpengineCall {
    const nowMs = this.#machine.clock.nowMs();
    const startedAtMs = (this.#options.wallClockMs ?? Date.now)();
    const checkAtMs = nowMs + (this.#options.checkMs ?? DEFAULT_CHECK_MS);
    const { restarts } = instance;
    return { callId, instance, startedAtMs, createdAtMs: nowMs, restarts, dialogs: [], checkAtMs };
  }

  #newDialog(request: OfferRequest, { audio }: OfferedDescription): MediaDialog {
    const from = { ...request.from, profile: profileOf(audio) };
    const to = { ...request.to, profile: request.profile };
    const { random } = this.#machine;
    return newDialog(request, from, to, () => String(random.int(0x1000_0000) * 0x10_0000 + random.int(0x10_0000)));
  }

  #interfaces(from: MediaSide, to: MediaSide): BencodedDictionary {
    const { sides } = this.#options;
    const [one, other] = [sides?.[from].interface, sides?.[to].interface];
    const named = one !== undefined && other !== undefined ? [one, other] : undefined;
    return { direction: named, 'address family': sides?.[to].addressFamily };
  }

  async #end(call: RtpengineCall): Promise<void> {
    this.#calls.delete(call.callId);
    await call.instance.command('delete', { 'call-id': call.callId, 'delete-delay': 0 });
  }

  #lose(call: RtpengineCall, loss: MediaLoss, message: string): void {
    if (this.#calls.get(call.callId) !== call) return;
    if (call.instance.isUp) void this.#end(call);
    else {
      this.#calls.delete(call.callId);
      call.instance.leave(call.callId);
    }
    this.#options.events?.onCallLost?.(call.callId, loss, message);
  }
}

const REASONS: readonly (readonly [RegExp, MediaEngineErrorCode])[] = [
  [/ran out of ports|limit/i, 'no-ports'],
  [/unknown call/i, 'unknown-call'],
  [/parse sdp/i, 'bad-sdp'],
];

function refusal(instance: Instance, reason: string): Failure {
  const code = REASONS.find(([words]) => words.test(reason))?.[1] ?? 'unavailable';
  return failure(code, `rtpengine ${instance.name} refuses: ${reason}`);
}

function securityChanged(security: string): Failure {
  const message = `the stream is secured by ${security} and cannot change that within the call`;
  return failure('unsupported-transport', message);
}

function unknownCall({ fromTag, toTag, viaBranch }: MediaKey): Failure {
  const words = [`From tag ${fromTag}`, toTag && `To tag ${toTag}`, viaBranch && `branch ${viaBranch}`];
  return failure('unknown-call', `no exchange is known by ${words.filter(Boolean).join(', ')}`);
}

function failure(code: MediaEngineErrorCode, message: string): Failure {
  return { ok: false, error: { code, message } };
}
