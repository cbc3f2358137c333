import { parentPort, workerData } from 'node:worker_threads';
import { UdpRtpSockets } from '../../../endpoint/udp.ts';
import { SystemMediaClock } from '../../../time.ts';
import { SYSTEM_RANDOM } from '../options.ts';
import { RelayRoom, type RelaySettings } from '../relay/room.ts';
import type { WorkerMessage, WorkerReply, WorkerRequest } from './worker.ts';

/* Entry of a worker thread: a room, and the door to it. */

const port = parentPort;
if (!port) throw new Error('this module is the entry of a worker thread');

const tell = (message: WorkerMessage) => port.postMessage(message);
const room = new RelayRoom({
  ...(workerData as RelaySettings),
  sockets: new UdpRtpSockets(),
  clock: new SystemMediaClock(),
  random: SYSTEM_RANDOM,
  onLost: (callId, loss, message) => tell({ kind: 'lost', callId, loss, message }),
});

port.on('message', async (request: WorkerRequest) => {
  const result = await serve(request);
  tell({ kind: 'reply', id: request.id, result });
  if (request.kind === 'close') port.close();
});

async function serve(request: WorkerRequest): Promise<WorkerReply> {
  switch (request.kind) {
    case 'apply':
      return await room.apply(request.callId, request.config);
    case 'remove':
      await room.remove(request.callId);
      return undefined;
    case 'report':
      return await room.report(request.callId);
    case 'close':
      await room.close();
      return undefined;
  }
}

tell({ kind: 'ready' });
