import { decodeUtf8, parseNameAddr, parseUri, type SipRequest, unescapeUri } from '@unisono/sip';

/** A dialog named by Replaces (RFC 3891 §6.1), tags as seen by whoever receives the INVITE. */
export interface ReplacedDialog {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  readonly isEarlyOnly: boolean;
}

/** What a REFER asks for: a number to call, or a dialog to join. */
export interface ReferTarget {
  readonly number: string | undefined;
  /** One device of whoever has the number: its `gr` parameter (RFC 5627). */
  readonly device?: string | undefined;
  readonly replaces: ReplacedDialog | undefined;
}

/** Reads Refer-To (RFC 3515 §2.1, RFC 5589 §7); a reason phrase when it cannot be followed. */
export function readReferTo(refer: SipRequest): ReferTarget | string {
  const fields = refer.headers.all('Refer-To');
  if (fields.length !== 1) return 'Exactly One Refer-To Is Needed';
  const uri = parseUri(parseNameAddr(fields[0] as string)?.uriText ?? '');
  if (!uri) return 'Malformed Refer-To';
  if (uri.scheme === 'other') return 'Unsupported Refer-To';
  if (uri.scheme === 'tel') return { number: uri.number, replaces: undefined };
  const method = uri.params.get('method');
  if (method !== undefined && method.toUpperCase() !== 'INVITE') return 'Only INVITE Can Be Referred';
  const header = uri.headers.split('&').find((one) => /^replaces=/i.test(one));
  const replaces = header === undefined ? undefined : parseReplaces(unescapeUri(header.slice(header.indexOf('=') + 1)));
  if (header !== undefined && !replaces) return 'Malformed Replaces';
  const number = uri.user === undefined ? undefined : decodeUtf8(unescapeUri(uri.user));
  return { number, device: uri.params.get('gr'), replaces };
}

/** Parses a Replaces value; undefined when a tag is missing. */
export function parseReplaces(value: string): ReplacedDialog | undefined {
  const [callId = '', ...params] = value.split(';').map((part) => part.trim());
  const tag = (name: string) =>
    params.find((param) => param.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const toTag = tag('to-tag');
  const fromTag = tag('from-tag');
  if (callId === '' || toTag === undefined || fromTag === undefined) return undefined;
  return { callId, toTag, fromTag, isEarlyOnly: params.some((param) => param.toLowerCase() === 'early-only') };
}

/** Whether Replaces names this dialog, tags as seen from here; some phones write the two tags in the other order. */
export function isNamedBy(
  dialog: { readonly callId: string; readonly localTag: string; readonly remoteTag: string | undefined },
  { callId, toTag, fromTag }: ReplacedDialog,
): boolean {
  if (callId !== dialog.callId) return false;
  const { localTag, remoteTag } = dialog;
  return (toTag === localTag && fromTag === remoteTag) || (toTag === remoteTag && fromTag === localTag);
}
