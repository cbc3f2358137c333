import type { MediaDescription, NetworkAddress, Origin, SdpLine, SessionDescription } from './model.ts';

/** The description as text with CRLF line ends. A line break inside any value becomes a space: it cannot make a line. */
export function printSdp(sdp: SessionDescription): string {
  let text = `v=0\r\no=${clean(originText(sdp.origin))}\r\ns=${clean(sdp.name)}\r\n`;
  for (const line of sdp.lines) text += printLine(line);
  for (const media of sdp.media) {
    text += `m=${clean(mediaText(media))}\r\n`;
    for (const line of media.lines) text += printLine(line);
  }
  return text;
}

/** The value of an `o=` line. */
export function originText(origin: Origin): string {
  return `${origin.username} ${origin.sessionId} ${origin.sessionVersion} ${addressText(origin)}`;
}

function mediaText(media: MediaDescription): string {
  const port = media.portCount === 1 ? `${media.port}` : `${media.port}/${media.portCount}`;
  return `${media.media} ${port} ${media.protocol} ${media.formats.join(' ')}`;
}

function addressText(address: NetworkAddress): string {
  return `${address.netType} ${address.addressType} ${address.host}`;
}

function printLine(line: SdpLine): string {
  switch (line.kind) {
    case 'connection':
      return `c=${clean(addressText(line.connection))}\r\n`;
    case 'attribute':
      return `a=${clean(line.value === null ? line.name : `${line.name}:${line.value}`)}\r\n`;
    case 'text':
      return `${clean(line.letter)}=${clean(line.text)}\r\n`;
  }
}

function clean(text: string): string {
  return /[\r\n\0]/.test(text) ? text.replace(/[\r\n\0]+/g, ' ') : text;
}
