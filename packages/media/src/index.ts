export * from './analysis/energy.ts';
export { AudioClip } from './audio/clip.ts';
export { MELODY_MS, renderMelody } from './audio/melody.ts';
export { NATIONAL_TONES, type ProgressTones, progressTones } from './audio/national-tones.ts';
export { RateConverter, resample } from './audio/resample.ts';
export { PROGRESS_TONES, renderTone, SIGNALS, TONE_AMPLITUDE, type ToneSegment } from './audio/tone.ts';
export { readWav, type WavAudio, type WavErrorCode, type WavResult, writeWav } from './audio/wav.ts';
export {
  type AudioCodec,
  audioCodec,
  CLOCK_RATE_HZ,
  type FrameDecoder,
  type FrameEncoder,
  OCTETS_PER_MS,
  type SampleRateHz,
} from './codec/codec.ts';
export { type AttendantEndpoint, createAttendant } from './endpoint/attendant.ts';
export {
  Conference,
  type ConferenceOptions,
  type ConferenceSnapshot,
  createConference,
  JOIN_TONE,
  LEAVE_TONE,
} from './endpoint/conference/conference.ts';
export type { ConferenceMember, MemberOptions } from './endpoint/conference/member.ts';
export { createEcho } from './endpoint/echo.ts';
export {
  type AcceptResult,
  DEFAULT_CODECS,
  DEFAULT_INACTIVITY_MS,
  type EndpointErrorCode,
  type EndpointOptions,
  type EndpointResult,
  type EndpointSnapshot,
  type MediaEndpoint,
  type Signalled,
} from './endpoint/endpoint.ts';
export { MediaHost, type MediaHostOptions } from './endpoint/host.ts';
export { type MemoryNetworkConditions, MemoryRtpNetwork } from './endpoint/memory-network.ts';
export { createMusicListener, MusicSource } from './endpoint/music.ts';
export { FRAME_MS } from './endpoint/pacer.ts';
export { createPlayer, type PlayerOptions } from './endpoint/player.ts';
export type { PlayItem } from './endpoint/playlist.ts';
export type { PortRange } from './endpoint/port-pool.ts';
export {
  createRecorder,
  DEFAULT_MAX_RECORDING_MS,
  type RecorderEndpoint,
  type RecorderOptions,
} from './endpoint/recorder.ts';
export type { BindResult, DatagramHandler, RtpSocket, RtpSocketFactory } from './endpoint/socket.ts';
export type { DroppedSnapshot, StreamSnapshot } from './endpoint/stream.ts';
export { UdpRtpSockets } from './endpoint/udp.ts';
export { createEmbeddedEngine, type EmbeddedEngine } from './engine/embedded/engine.ts';
export {
  DEFAULT_CONNECT_MS,
  type EmbeddedEngineOptions,
  type MediaSecrets,
  type SideAddress,
  type SideOptions,
} from './engine/embedded/options.ts';
export * from './engine/engine.ts';
export type { ControlAddress } from './engine/rtpengine/control.ts';
export { createRtpengineEngine, RtpengineEngine } from './engine/rtpengine/engine.ts';
export type { RtpengineMachine, RtpengineOptions, RtpengineSide } from './engine/rtpengine/options.ts';
export { DTMF_SILENCE_MS, type DtmfDigit, DtmfReceiver } from './rtp/dtmf-receiver.ts';
export { DTMF_GAP_MS, DTMF_ON_MS, DTMF_PAUSE_MS, DtmfSender, isDialString } from './rtp/dtmf-sender.ts';
export { JitterBuffer, type JitterBufferOptions, type JitterSnapshot, type PulledFrame } from './rtp/jitter-buffer.ts';
export * from './rtp/packet.ts';
export { type ReceiveSnapshot, ReceiveStatistics } from './rtp/receive-statistics.ts';
export * from './rtp/rtcp.ts';
export { sequenceDistance, timestampDistance } from './rtp/sequence.ts';
export * from './rtp/telephone-event.ts';
export * from './sdp/answer.ts';
export * from './sdp/attributes.ts';
export * from './sdp/build.ts';
export * from './sdp/continuity.ts';
export * from './sdp/crypto.ts';
export * from './sdp/edit.ts';
export * from './sdp/formats.ts';
export * from './sdp/limits.ts';
export * from './sdp/model.ts';
export * from './sdp/negotiation.ts';
export { parseSdp, type SdpError, type SdpErrorCode, type SdpParseResult } from './sdp/parse.ts';
export { originText, printSdp } from './sdp/print.ts';
export * from './sdp/scan.ts';
export type { AddressFamily, RemoteTarget } from './sdp/target.ts';
export * from './srtp/context.ts';
export * from './srtp/keys.ts';
export * from './srtp/profile.ts';
export type { SrtpContextOptions } from './srtp/sources.ts';
export { type MediaClock, type MediaRandom, SystemMediaClock, type TimerTarget } from './time.ts';
