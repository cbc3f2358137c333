import type { MediaEngineError, MediaEngineErrorCode } from '@unisono/media';
import { printWarning } from '@unisono/sip';

/** How a request is refused because of what the media engine says. */
export interface MediaRefusal {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

interface Verdict {
  readonly status: number;
  readonly reason: string;
  /** Warning code (RFC 3261 §20.43). */
  readonly warning: number;
  readonly retryAfterSec?: number;
}

const VERDICTS: Readonly<Record<MediaEngineErrorCode, Verdict>> = {
  'bad-sdp': { status: 400, reason: 'Malformed Session Description', warning: 399 },
  'no-audio': { status: 488, reason: 'No Audio That Can Be Carried', warning: 304 },
  'no-common-codec': { status: 488, reason: 'No Common Codec', warning: 305 },
  'unsupported-transport': { status: 488, reason: 'Media Transport Not Supported', warning: 302 },
  'unsupported-address': { status: 488, reason: 'Media Address Not Supported', warning: 301 },
  'mismatched-answer': { status: 488, reason: 'Answer Does Not Fit The Offer', warning: 399 },
  'unknown-call': { status: 481, reason: 'No Media Session Is Known', warning: 399 },
  'no-ports': { status: 503, reason: 'No Media Ports Left', warning: 399, retryAfterSec: 30 },
  unavailable: { status: 503, reason: 'No Media Engine Available', warning: 399, retryAfterSec: 10 },
};

/** The status for an engine's error, with a Warning that people understand. */
export function mediaRefusal({ code, message }: MediaEngineError): MediaRefusal {
  const { status, reason, warning, retryAfterSec } = VERDICTS[code];
  const text = printWarning({ code: warning, agent: 'unisono', text: message });
  const retryAfter = retryAfterSec === undefined ? [] : [['Retry-After', String(retryAfterSec)] as const];
  return { status, reason, headers: [['Warning', text], ...retryAfter] };
}

/** What to look at, for the operator. */
export function mediaHint(code: MediaEngineErrorCode): string {
  switch (code) {
    case 'no-ports':
      return 'more calls than media ports: widen sbc.media.ports, or add media workers';
    case 'unavailable':
      return 'the media engine does not answer: see whether its workers or rtpengine run';
    case 'no-common-codec':
      return 'give the device one of Opus, G.722, PCMA, PCMU';
    case 'unsupported-transport':
      return 'the device asks for a kind of encryption or transport that is not known';
    default:
      return 'the device sent a session description that cannot be used';
  }
}
