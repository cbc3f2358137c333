/**
 * As much of SIP as a load generator needs, on text and without any tolerance: both ends of every call are its own, and
 * the servers measured write header names in full.
 */

/** 180 of `SIP/2.0 180 Ringing`; 0 for a request. */
export function statusOf(message: string): number {
  return message.startsWith('SIP/2.0 ') ? Number(message.slice(8, 11)) : 0;
}

/** The method of a request, or of the request that a response answers. */
export function methodOf(message: string): string {
  if (!message.startsWith('SIP/2.0 ')) return message.slice(0, message.indexOf(' '));
  const cseq = headerOf(message, 'CSeq');
  return cseq.slice(cseq.indexOf(' ') + 1);
}

/** The value of the first header of that name, written as here; empty when there is none. */
export function headerOf(message: string, name: string): string {
  const start = message.indexOf(`\r\n${name}: `);
  if (start < 0) return '';
  const from = start + name.length + 4;
  return message.slice(from, message.indexOf('\r\n', from));
}

/** The values of all headers of that name, in order. */
export function headersOf(message: string, name: string): string[] {
  const values: string[] = [];
  const mark = `\r\n${name}: `;
  for (let start = message.indexOf(mark); start >= 0; start = message.indexOf(mark, start + 2)) {
    const from = start + mark.length;
    values.push(message.slice(from, message.indexOf('\r\n', from)));
  }
  return values;
}

/** The URI between angle brackets, or the whole value without parameters. */
export function uriOf(nameAddress: string): string {
  const start = nameAddress.indexOf('<');
  return start < 0
    ? (nameAddress.split(';', 1)[0] ?? '')
    : nameAddress.slice(start + 1, nameAddress.indexOf('>', start));
}

/** The user part of the Request-URI. */
export function requestUser(message: string): string {
  const start = message.indexOf(' sip:') + 5;
  return message.slice(start, message.indexOf('@', start));
}

/** The branch of the topmost Via. */
export function branchOf(message: string): string {
  const via = headerOf(message, 'Via');
  const start = via.indexOf('branch=') + 7;
  const end = via.indexOf(';', start);
  return via.slice(start, end < 0 ? undefined : end);
}

/** Route headers of a caller's requests in a dialog: Record-Route in reverse order (RFC 3261 §12.1.2). */
export function routeLines(message: string): string {
  const routes = headersOf(message, 'Record-Route').reverse();
  return routes.map((route) => `Route: ${route}\r\n`).join('');
}

/** A response with the headers it must take from its request; `tag` is put behind a To that has none. */
export function responseTo(request: string, status: string, tag: string, more = '', body = ''): string {
  const to = headerOf(request, 'To');
  const vias = headersOf(request, 'Via').map((via) => `Via: ${via}\r\n`);
  const records = headersOf(request, 'Record-Route').map((route) => `Record-Route: ${route}\r\n`);
  return (
    `SIP/2.0 ${status}\r\n${vias.join('')}${records.join('')}` +
    `From: ${headerOf(request, 'From')}\r\n` +
    `To: ${to}${tag === '' || to.includes(';tag=') ? '' : `;tag=${tag}`}\r\n` +
    `Call-ID: ${headerOf(request, 'Call-ID')}\r\n` +
    `CSeq: ${headerOf(request, 'CSeq')}\r\n` +
    `${more}Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** A session description of usual size; no media is sent. */
export function sessionDescription(port: number): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${port} RTP/AVP 8 0 101`,
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=sendrecv',
    '',
  ].join('\r\n');
}
