import { findParam } from '../params.ts';
import { isToken } from '../text.ts';
import { parseParamValue } from './value.ts';

/** The dialog that an INVITE takes the place of (RFC 3891 §6.1), tags as the receiver of the header sees them. */
export interface Replaces {
  readonly callId: string;
  /** The receiver's own tag. */
  readonly toTag: string;
  /** The tag of the receiver's peer. */
  readonly fromTag: string;
  /** Only if the dialog is still early. */
  readonly isEarlyOnly: boolean;
}

/** Parses Replaces, Target-Dialog-like: `call-id;to-tag=…;from-tag=…`; undefined when a part is missing. */
export function parseReplaces(text: string): Replaces | undefined {
  const parts = parseParamValue(text);
  if (!parts || /\s/.test(parts.value)) return undefined;
  const toTag = findParam(parts.paramsText, 'to-tag');
  const fromTag = findParam(parts.paramsText, 'from-tag');
  if (!toTag || !fromTag) return undefined;
  const isEarlyOnly = findParam(parts.paramsText, 'early-only') !== undefined;
  return { callId: parts.value, toTag, fromTag, isEarlyOnly };
}

export function printReplaces(replaces: Replaces): string {
  const { callId, toTag, fromTag, isEarlyOnly } = replaces;
  return `${callId};to-tag=${toTag};from-tag=${fromTag}${isEarlyOnly ? ';early-only' : ''}`;
}

/** Target-Dialog names a dialog the same way, seen from the sender's peer (RFC 4538 §7). */
export interface TargetDialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

/** Parses `call-id;remote-tag=…;local-tag=…`. */
export function parseTargetDialog(text: string): TargetDialog | undefined {
  const parts = parseParamValue(text);
  const localTag = parts && findParam(parts.paramsText, 'local-tag');
  const remoteTag = parts && findParam(parts.paramsText, 'remote-tag');
  return parts && isToken(localTag ?? '') && isToken(remoteTag ?? '')
    ? { callId: parts.value, localTag: localTag as string, remoteTag: remoteTag as string }
    : undefined;
}
