import type { AudioStream, DescriptionLeg, OfferedDescription, OfferedFormat } from '../description/index.ts';
import type { MediaKey, MediaParty, MediaProfile, MediaSide } from '../engine.ts';
import type { StreamEnd } from '../stream.ts';

/** One end of a dialog: how it is spoken to, and what was said. */
export interface DialogParty {
  /** Undefined until an answer brings the To tag. */
  readonly tag: string | undefined;
  readonly side: MediaSide;
  readonly profile: MediaProfile;
  /** For `o=` towards it. */
  readonly sessionId: string;
  /** Undefined until something is said. */
  readonly leg: DescriptionLeg | undefined;
}

/** The last offer; answers to it may come more than once (18x, 2xx), and from several that a proxy forked to. */
export interface LastOffer {
  readonly isFromCaller: boolean;
  readonly offer: OfferedDescription;
  readonly formats: readonly OfferedFormat[];
  /** Our end towards the receiver. */
  readonly local: StreamEnd;
}

/**
 * Two parties that exchange descriptions: a call has one per branch of its fork, and one per To tag when a branch forks
 * further on. A plain record.
 */
export interface MediaDialog {
  readonly viaBranch: string | undefined;
  readonly caller: DialogParty;
  readonly callee: DialogParty;
  readonly last: LastOffer | undefined;
  readonly codec: string | undefined;
  /** When it was first answered; undefined before. */
  readonly answeredAtMs: number | undefined;
}

/** How an offerer wants to be spoken to. */
export function profileOf({ end, rtcpMux }: AudioStream): MediaProfile {
  return { security: end.security.kind, ice: end.ice !== undefined, rtcpMux: rtcpMux ? 'require' : 'none' };
}

/** A dialog that begins with an offer. */
export function newDialog(
  { fromTag, toTag, viaBranch }: MediaKey,
  from: MediaParty & { readonly profile: MediaProfile },
  to: MediaParty & { readonly profile: MediaProfile },
  drawSessionId: () => string,
): MediaDialog {
  const party = (tag: string | undefined, { side, profile }: typeof from): DialogParty => {
    return { tag, side, profile, sessionId: drawSessionId(), leg: undefined };
  };
  return {
    viaBranch,
    caller: party(fromTag, from),
    callee: party(toTag, to),
    last: undefined,
    codec: undefined,
    answeredAtMs: undefined,
  };
}

/** The dialog that an offer belongs to; undefined when it begins one. */
export function dialogOfOffer(dialogs: readonly MediaDialog[], key: MediaKey): MediaDialog | undefined {
  const { fromTag, toTag, viaBranch } = key;
  if (toTag !== undefined) {
    const known = dialogs.find((dialog) => hasTags(dialog, fromTag, toTag));
    if (known) return known;
  }
  return dialogs.find(
    (dialog) => dialog.caller.tag === fromTag && dialog.callee.tag === undefined && dialog.viaBranch === viaBranch,
  );
}

/**
 * The dialog that an answer completes, with the answerer's tag known. Where a branch forked further on, each To tag has a
 * dialog of its own, made from the same offer.
 */
export function dialogOfAnswer(dialogs: readonly MediaDialog[], key: MediaKey): MediaDialog | undefined {
  const { fromTag, toTag, viaBranch } = key;
  const exact = dialogs.find((dialog) => toTag !== undefined && hasTags(dialog, fromTag, toTag));
  if (exact) return exact;
  const offered = dialogs.filter((dialog) => dialog.caller.tag === fromTag && dialog.last?.isFromCaller);
  const branch = offered.find((dialog) => viaBranch === undefined || dialog.viaBranch === viaBranch);
  return branch && { ...branch, callee: { ...branch.callee, tag: toTag } };
}

/** Dialogs with one put in the place of what it grew out of. */
export function withDialog(dialogs: readonly MediaDialog[], dialog: MediaDialog): MediaDialog[] {
  const others = dialogs.filter((other) => !isSame(other, dialog));
  return [...others, dialog];
}

/** Same parties and branch; a dialog without a To tag becomes the first that has one. */
function isSame(before: MediaDialog, after: MediaDialog): boolean {
  if (before.caller.tag !== after.caller.tag || before.viaBranch !== after.viaBranch) return false;
  return before.callee.tag === undefined || before.callee.tag === after.callee.tag;
}

/** True for the dialogs that a deletion names. */
export function isNamed(dialog: MediaDialog, { fromTag, toTag, viaBranch }: Partial<MediaKey>): boolean {
  if (viaBranch !== undefined && dialog.viaBranch !== viaBranch) return false;
  return [fromTag, toTag].every((tag) => tag === undefined || tag === dialog.caller.tag || tag === dialog.callee.tag);
}

function hasTags({ caller, callee }: MediaDialog, one: string, other: string): boolean {
  return (caller.tag === one && callee.tag === other) || (caller.tag === other && callee.tag === one);
}
