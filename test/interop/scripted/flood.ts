/** Sends OPTIONS as fast as it can from 127.0.0.2 for a while: `flood.ts PORT MILLISECONDS`. Says `flooding` when it has begun. */
import { createSocket } from 'node:dgram';

const [port, durationMs] = process.argv.slice(2).map(Number) as [number, number];
const socket = createSocket('udp4');
const endsAtMs = performance.now() + durationMs;
let sent = 0;

function message(): Buffer {
  sent++;
  return Buffer.from(
    [
      'OPTIONS sip:flood@127.0.0.1 SIP/2.0',
      `Via: SIP/2.0/UDP 127.0.0.2:${socket.address().port};branch=z9hG4bKflood${sent};rport`,
      'From: <sip:flood@127.0.0.2>;tag=1',
      'To: <sip:flood@127.0.0.1>',
      `Call-ID: flood-${sent}`,
      'CSeq: 1 OPTIONS',
      'Max-Forwards: 70',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
}

function burst(): void {
  if (performance.now() > endsAtMs) {
    socket.close();
    return;
  }
  for (let i = 0; i < 50; i++) socket.send(message(), port, '127.0.0.1');
  setImmediate(burst);
}

socket.bind(0, '127.0.0.2', () => {
  burst();
  process.send?.('flooding');
});
