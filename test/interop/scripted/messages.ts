/** Composing and reading SIP messages as plain text. */
import { randomBytes } from 'node:crypto';
import { headerOf } from '../../peers/index.ts';

export interface RequestParts {
  readonly method: string;
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly sequence: number;
  readonly branch?: string;
  readonly routes?: readonly string[];
  readonly headers?: readonly string[];
  readonly sdp?: string;
  /** A body of another type. */
  readonly body?: { readonly type: string; readonly text: string };
}

export function composeRequest(
  parts: RequestParts & { readonly branch: string },
  { transport, sentBy }: { readonly transport: string; readonly sentBy: string },
): string {
  const { method, uri, from, to, callId, sequence, branch, routes = [], headers = [], sdp = '' } = parts;
  const body = parts.body ?? { type: 'application/sdp', text: sdp };
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${sentBy};branch=${branch};rport`,
    ...routes.map((route) => `Route: ${route}`),
    'Max-Forwards: 70',
    `From: ${from}`,
    `To: ${to}`,
    `Call-ID: ${callId}`,
    `CSeq: ${sequence} ${method}`,
    ...headers,
    ...(body.text === '' ? [] : [`Content-Type: ${body.type}`]),
    `Content-Length: ${Buffer.byteLength(body.text)}`,
    '',
    body.text,
  ].join('\r\n');
}

/** Headers a response takes over from its request (RFC 3261 §8.2.6.2, §12.1.1). */
const COPIED = /^(via|v|record-route|from|f|call-id|i|cseq):/i;

export function composeResponse(
  request: string,
  status: string,
  options: { toTag: string; contact: string; headers?: readonly string[]; sdp?: string },
): string {
  const { toTag, contact, headers = [], sdp = '' } = options;
  const to = headerOf(request, 'To') ?? '';
  const lines = request.split('\r\n\r\n', 1)[0]?.split('\r\n').slice(1) ?? [];
  return [
    `SIP/2.0 ${status}`,
    ...lines.filter((line) => COPIED.test(line)),
    `To: ${/;tag=/i.test(to) || status.startsWith('100') ? to : `${to};tag=${toTag}`}`,
    ...(/^(?:18|2)/.test(status) ? [`Contact: ${contact}`] : []),
    ...headers,
    ...(sdp === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${Buffer.byteLength(sdp)}`,
    '',
    sdp,
  ].join('\r\n');
}

/** Something for tags, branches and Call-IDs. */
export function token(): string {
  return randomBytes(6).toString('hex');
}

/** The method of a request; undefined for a response. */
export function methodOf(text: string): string | undefined {
  return /^([A-Z]+) \S+ SIP\/2\.0/.exec(text)?.[1];
}

/** The status of a response; undefined for a request. */
export function statusOf(text: string): number | undefined {
  const status = /^SIP\/2\.0 (\d{3})/.exec(text)?.[1];
  return status === undefined ? undefined : Number(status);
}

export function reasonPhraseOf(text: string): string {
  return /^SIP\/2\.0 \d{3} ?(.*)/.exec(text)?.[1]?.trim() ?? '';
}

/** The branch of the topmost Via. */
export function branchOf(text: string): string | undefined {
  return /;branch=([^;,\s]+)/.exec(headerOf(text, 'Via') ?? '')?.[1];
}

export function tagOf(field: string | undefined): string | undefined {
  return /;tag=([^;,\s]+)/.exec(field ?? '')?.[1];
}

/** The URI between angle brackets. */
export function uriIn(field: string | undefined): string | undefined {
  return /<([^>]+)>/.exec(field ?? '')?.[1];
}

export function bodyOf(text: string): string {
  return text.slice(text.indexOf('\r\n\r\n') + 4);
}
