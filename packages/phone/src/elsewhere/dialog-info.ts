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

/** Longest document that is looked at. */
const MAX_LENGTH = 200_000;

/**
 * Reads a dialog-info document; undefined when it is none. The few elements that are needed are found by their names: a parser for all
 * of XML, with entities and external subsets, has no place in a page that reads one small document of its own phone system.
 */
export function readDialogInfo(xml: string): DialogInfo | undefined {
  if (xml.length > MAX_LENGTH || /<!DOCTYPE|<!ENTITY/i.test(xml)) return undefined;
  const root = /<(?:\w+:)?dialog-info\b([^>]*)>/.exec(xml);
  if (root === null) return undefined;
  const attributes = attributesOf(root[1] ?? '');
  const version = Number(attributes.version);
  if (!Number.isSafeInteger(version)) return undefined;
  const dialogs = elementsOf(xml.slice(root.index + root[0].length), 'dialog').map(dialogOf);
  return { version, isFull: attributes.state !== 'partial', dialogs };
}

function dialogOf({ attributes, inner }: Element): DialogElement {
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

interface Element {
  readonly attributes: Readonly<Record<string, string>>;
  readonly inner: string;
}

/** Elements of that name that do not lie in each other. */
function elementsOf(xml: string, name: string): Element[] {
  const found: Element[] = [];
  const opening = new RegExp(`<(?:\\w+:)?${name}(?=[\\s/>])((?:[^>"']|"[^"]*"|'[^']*')*)>`, 'g');
  const closing = new RegExp(`</(?:\\w+:)?${name}\\s*>`, 'g');
  for (let open = opening.exec(xml); open !== null; open = opening.exec(xml)) {
    const attributes = attributesOf((open[1] ?? '').replace(/\/$/, ''));
    if (open[1]?.endsWith('/')) {
      found.push({ attributes, inner: '' });
      continue;
    }
    closing.lastIndex = opening.lastIndex;
    const close = closing.exec(xml);
    if (close === null) break;
    found.push({ attributes, inner: xml.slice(opening.lastIndex, close.index) });
    opening.lastIndex = closing.lastIndex;
  }
  return found;
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)];
  return Object.fromEntries(pairs.map(([, name, double, single]) => [name, plain(double ?? single ?? '')]));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(text: string): string {
  return text.replace(/<[^>]*>/g, '').replace(/&(#x?[0-9a-f]+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : '';
  });
}
