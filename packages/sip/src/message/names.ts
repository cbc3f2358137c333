import { TokenTable } from './token-table.ts';

/**
 * Header names the system knows, in the form in which they are printed. One array entry is one string object, so that
 * comparing two canonical names is comparing two pointers.
 */
const KNOWN = [
  'Via',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Contact',
  'Max-Forwards',
  'Content-Length',
  'Content-Type',
  'Content-Encoding',
  'Content-Disposition',
  'Content-Language',
  'Route',
  'Record-Route',
  'Path',
  'Service-Route',
  'Expires',
  'Min-Expires',
  'Allow',
  'Supported',
  'Require',
  'Proxy-Require',
  'Unsupported',
  'User-Agent',
  'Server',
  'Authorization',
  'Proxy-Authorization',
  'WWW-Authenticate',
  'Proxy-Authenticate',
  'Authentication-Info',
  'Proxy-Authentication-Info',
  'Date',
  'Timestamp',
  'Subject',
  'Organization',
  'Priority',
  'Reply-To',
  'In-Reply-To',
  'Retry-After',
  'Warning',
  'Error-Info',
  'Alert-Info',
  'Call-Info',
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'MIME-Version',
  'RAck',
  'RSeq',
  'Session-Expires',
  'Min-SE',
  'Replaces',
  'Refer-To',
  'Referred-By',
  'Refer-Sub',
  'Event',
  'Allow-Events',
  'Subscription-State',
  'SIP-ETag',
  'SIP-If-Match',
  'Reason',
  'Privacy',
  'P-Asserted-Identity',
  'P-Preferred-Identity',
  'P-Early-Media',
  'P-Called-Party-ID',
  'Diversion',
  'History-Info',
  'Remote-Party-ID',
  'Answer-Mode',
  'Join',
  'Target-Dialog',
  'Info-Package',
  'Recv-Info',
  'Flow-Timer',
  'Identity',
  'Accept-Contact',
  'Reject-Contact',
  'Request-Disposition',
  'User-to-User',
  'Geolocation',
  'Resource-Priority',
] as const;

/** A header name in canonical form; any other name is taken in Title-Case. */
export type HeaderName = (typeof KNOWN)[number];

const COMPACT: Readonly<Record<string, HeaderName>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
};

const PRINTED = new TokenTable<string>(KNOWN);

/** Other spellings of the known names: lower case and compact, of either case. */
const OTHERWISE = new Map<string, string>();
for (const name of KNOWN) OTHERWISE.set(name.toLowerCase(), name);
for (const [letter, name] of Object.entries(COMPACT)) OTHERWISE.set(letter, name);

/** Extension names seen, so that each is brought into form once; bounded, as peers invent them. */
const extensions = new Map<string, string>();
const MAX_EXTENSIONS = 512;
const MAX_EXTENSION_OCTETS = 64;

/** `\r\nFrom: ` of each known name, so that a field is printed in two pieces and not in four. */
const LINE_STARTS = new Map<string, string>(KNOWN.map((name) => [name, lineStartOf(name)]));

/** What stands before the value of a field: the end of the line above, and the name. */
export function lineStart(name: string): string {
  return LINE_STARTS.get(name) ?? lineStartOf(name);
}

function lineStartOf(name: string): string {
  return `\r\n${name}: `;
}

/** The canonical form of a header name as received: compact forms expanded, case settled (RFC 3261 §7.3.1, §7.3.3). */
export function canonicalName(received: string): string {
  return canonicalNameAt(received, 0, received.length);
}

/** The canonical form of the name that stands in `text` from `from` up to `to`. */
export function canonicalNameAt(text: string, from: number, to: number): string {
  return PRINTED.find(text, from, to) ?? canonicalOther(text.slice(from, to));
}

function canonicalOther(received: string): string {
  const known = extensions.get(received) ?? OTHERWISE.get(received.toLowerCase());
  if (known !== undefined) return known;
  const name = titleCase(received);
  if (extensions.size < MAX_EXTENSIONS && received.length <= MAX_EXTENSION_OCTETS) {
    // A copy: a slice would keep the whole message that it was cut from.
    extensions.set(Buffer.from(received, 'latin1').toString('latin1'), name);
  }
  return name;
}

function titleCase(name: string): string {
  return name
    .toLowerCase()
    .replace(/(^|[^a-z])([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

const SINGLE = new Set(['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Length']);

/** True for the fields that decide what a message is and must not contradict themselves. */
export function isSingleHeader(name: string): boolean {
  return SINGLE.has(name);
}
