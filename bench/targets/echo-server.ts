/** Sends every datagram back: as little as a Node process can do with it. */
import { createSocket } from 'node:dgram';

const BUFFER_OCTETS = 4 * 1024 * 1024;

// Addresses are numbers already; without this every datagram would wait for the resolver.
const lookup = (host: string, _: unknown, callback: (error: null, address: string, family: number) => void) =>
  callback(null, host, 4);

const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER_OCTETS, sendBufferSize: BUFFER_OCTETS, lookup });
socket.on('message', (octets, from) => socket.send(octets, from.port, from.address));
socket.bind(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'));
