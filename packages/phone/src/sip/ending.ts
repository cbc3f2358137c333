import JsSIP from 'jssip';
import type { Message } from './in-dialog.ts';
import type { SipEnding } from './sip-port.ts';

/** How JsSIP tells that a session is over. */
export interface EndEvent {
  readonly originator: string;
  /** JsSIP gives the text of an error where it made none of it. */
  readonly message: Message | string | null;
  readonly cause: string;
}

export function endingOf({ originator, message: given, cause }: EndEvent): SipEnding {
  const message = typeof given === 'string' ? null : given;
  const by = originator === 'local' ? 'here' : originator === 'remote' ? 'there' : 'system';
  const status = message?.status_code;
  return {
    by,
    how: howOf(message, cause),
    ...(status === undefined ? {} : { status }),
    detail: typeof given === 'string' ? given : (given?.reason_phrase ?? (given === null ? cause : '')),
    reasons: message?.getHeaders('Reason') ?? [],
  };
}

function howOf(message: Message | null, cause: string): SipEnding['how'] {
  const { causes } = JsSIP.C;
  if (cause === causes.RTP_TIMEOUT || cause === causes.WEBRTC_ERROR) return 'media';
  if (cause === causes.INTERNAL_ERROR) return 'media';
  if (cause === causes.CONNECTION_ERROR || cause === causes.DIALOG_ERROR) return 'connection';
  if (cause === causes.REQUEST_TIMEOUT || cause === causes.NO_ACK) return 'timeout';
  if (message?.status_code !== undefined) return 'response';
  return cause === causes.CANCELED ? 'cancel' : 'bye';
}
