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

const canonical = new Map<string, string>();
for (const name of KNOWN) {
  canonical.set(name, name);
  canonical.set(name.toLowerCase(), name);
}
for (const [letter, name] of Object.entries(COMPACT)) {
  canonical.set(letter, name);
  canonical.set(letter.toUpperCase(), name);
}

/** The canonical form of a header name as received: compact forms expanded, case settled (RFC 3261 §7.3.1, §7.3.3). */
export function canonicalName(received: string): string {
  return canonical.get(received) ?? canonical.get(received.toLowerCase()) ?? titleCase(received);
}

function titleCase(name: string): string {
  return name
    .toLowerCase()
    .replace(/(^|[^a-z])([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}
