import { withAtLeastMediaOf } from './edit.ts';
import type { Origin, SessionDescription } from './model.ts';
import { parseSdp } from './parse.ts';
import { printSdp } from './print.ts';
import { nextVersion, rewriteOrigin, sameMedia } from './scan.ts';

/** What one leg of a call was last told. */
export interface SentDescription {
  readonly body: string;
  /** Its `o=` line; all but the version stays for as long as the leg lives. */
  readonly origin: Origin;
}

/**
 * Fits a body from elsewhere into a leg whose descriptions come from several sources one after the other (another fork,
 * a transfer target, an announcement): to the leg they are one session. RFC 3264 §8: nothing of `o=` changes but the
 * version, which grows by one with every change; and the number of streams never shrinks. Without `previous` the leg
 * begins with `origin`.
 */
export function continueSession(previous: SentDescription | null, body: string, origin: Origin): SentDescription {
  if (!previous) return { body: rewriteOrigin(body, origin), origin };
  const fitted = withStreamsOf(previous.body, body);
  const same = rewriteOrigin(fitted, previous.origin);
  if (sameMedia(previous.body, same)) return { body: same, origin: previous.origin };
  const next = { ...previous.origin, sessionVersion: nextVersion(previous.origin.sessionVersion) };
  return { body: rewriteOrigin(fitted, next), origin: next };
}

/** The body changed by `edit` on its parsed form; null when it is no session description. */
export function editSdp(body: string, edit: (sdp: SessionDescription) => SessionDescription): string | null {
  const parsed = parseSdp(body);
  return parsed.ok ? printSdp(edit(parsed.sdp)) : null;
}

function withStreamsOf(before: string, body: string): string {
  if (streamCount(body) >= streamCount(before)) return body;
  const parsed = parseSdp(before);
  if (!parsed.ok) return body;
  return editSdp(body, (sdp) => withAtLeastMediaOf(sdp, parsed.sdp)) ?? body;
}

function streamCount(body: string): number {
  let count = 0;
  for (let at = body.indexOf('\nm='); at >= 0; at = body.indexOf('\nm=', at + 3)) count++;
  return count;
}
