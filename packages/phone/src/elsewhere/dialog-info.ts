import { attributesOf, elementsOf, isPlainXml, plain, type XmlElement } from './xml.ts';

/** A `dialog` element of a dialog-info document (RFC 4235 §4.1). */
export interface DialogElement {
  readonly id: string;
  readonly callId: string | undefined;
  readonly localTag: string | undefined;
  readonly remoteTag: string | undefined;
  readonly direction: 'initiator' | 'recipient' | undefined;
  readonly state: string;
  readonly remoteIdentity: string | undefined;
  readonly remoteName: string | undefined;
  readonly localTarget: string | undefined;
  readonly durationSec: number | undefined;
  /** RFC 4235 §4.1.6.3: false when the device renders nothing, on hold. */
  readonly isRendering: boolean;
  /** A parameter of ours: the microphone is off. */
  readonly isMuted: boolean;
}

export interface DialogInfo {
  readonly version: number;
  readonly isFull: boolean;
  readonly dialogs: readonly DialogElement[];
}

/** Reads a dialog-info document; undefined when it is none. */
export function readDialogInfo(xml: string): DialogInfo | undefined {
  if (!isPlainXml(xml)) return undefined;
  const root = /<(?:\w+:)?dialog-info\b([^>]*)>/.exec(xml);
  if (root === null) return undefined;
  const attributes = attributesOf(root[1] ?? '');
  const version = Number(attributes.version);
  if (!Number.isSafeInteger(version)) return undefined;
  const dialogs = elementsOf(xml.slice(root.index + root[0].length), 'dialog').map(dialogOf);
  return { version, isFull: attributes.state !== 'partial', dialogs };
}

function dialogOf({ attributes, inner }: XmlElement): DialogElement {
  const local = elementsOf(inner, 'local')[0]?.inner ?? '';
  const remote = elementsOf(inner, 'remote')[0]?.inner ?? '';
  const identity = elementsOf(remote, 'identity')[0];
  const target = elementsOf(local, 'target')[0];
  const params = elementsOf(target?.inner ?? '', 'param');
  const paramOf = (name: string) => params.find(({ attributes }) => attributes.pname === name)?.attributes.pval;
  const { direction } = attributes;
  return {
    id: attributes.id ?? '',
    callId: attributes['call-id'],
    localTag: attributes['local-tag'],
    remoteTag: attributes['remote-tag'],
    direction: direction === 'initiator' || direction === 'recipient' ? direction : undefined,
    state: plain(elementsOf(inner, 'state')[0]?.inner ?? '')
      .trim()
      .toLowerCase(),
    remoteIdentity: identity === undefined ? undefined : plain(identity.inner).trim(),
    remoteName: identity?.attributes.display,
    localTarget: target?.attributes.uri,
    durationSec: wholeNumber(elementsOf(inner, 'duration')[0]?.inner),
    isRendering: paramOf('+sip.rendering') !== 'no',
    isMuted: paramOf('unisono-microphone') === 'muted',
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined;
}
