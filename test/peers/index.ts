export {
  type Audio,
  energy,
  energyAt,
  measureTone,
  parseWav,
  readWav,
  sine,
  type ToneMeasure,
  wavFile,
} from './audio.ts';
export { Baresip, type BaresipEvent, type BaresipOptions, startBaresip } from './baresip.ts';
export type { BaresipAccount, BaresipAudio, SipTransport } from './baresip-config.ts';
export { BrowserPhone, PhoneBrowser, startPhoneBrowser } from './browser/browser-phone.ts';
export { type Browser, type BrowserName, launchBrowser, type Tab } from './browser/launch.ts';
export type { CallState, CallView, PhoneView, RegisterOptions, StreamFigures } from './browser/view.ts';
export { createCertificates, type TestCertificates } from './certificates.ts';
export { findPeer, type PeerName, peerPath, requirePeer } from './find.ts';
export { type Kamailio, type KamailioOptions, startKamailio, waitForOptionsAnswer } from './kamailio.ts';
export {
  type LinphoneCall,
  type LinphoneCallState,
  Linphonec,
  type LinphonecOptions,
  startLinphonec,
} from './linphonec.ts';
export { isListening, type PortBlock, reservePorts } from './ports.ts';
export { type ExitStatus, PeerError, PeerProcess, type PeerProcessOptions, temporaryFolder } from './process.ts';
export { type Rtpengine, startRtpengine } from './rtpengine.ts';
export { plainSdp, type RequestOptions, SipTap, sipRequest, startSipTap, type TappedMessage } from './sip-tap.ts';
export { headerOf, type TracedMessage } from './sip-trace.ts';
export {
  runSipp,
  type Sipp,
  type SippOptions,
  type SippResult,
  type SippRow,
  type SippScenario,
  startSipp,
} from './sipp.ts';
export type { SippCalls } from './sipp-stats.ts';
