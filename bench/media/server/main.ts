/** A media server for the bench: the embedded engine or a bare relay, behind the line protocol on a TCP port. */
import { createServer } from 'node:net';
import { createEmbeddedEngine } from '@unisono/media';

import { type AnchoringEngine, type LineReply, type LineRequest, lineReader } from '../line.ts';
import { BareEngine } from './bare-engine.ts';

const ADDRESS = '127.0.0.1';

async function engineOf(kind: string | undefined, firstPort: number, lastPort: number): Promise<AnchoringEngine> {
  if (kind === 'bare') return new BareEngine();
  const side = { addresses: [{ bindAddress: ADDRESS }] as const, ports: { min: firstPort, max: lastPort } };
  return await createEmbeddedEngine({ sides: { outside: side, inside: side }, workers: 1 });
}

async function serve(engine: AnchoringEngine, line: LineRequest): Promise<LineReply> {
  const { id } = line;
  if (line.verb === 'offer') return { id, result: await engine.offer(line.request) };
  if (line.verb === 'answer') return { id, result: await engine.answer(line.request) };
  await engine.delete(line.request);
  return { id };
}

const [kind, controlPort, firstPort, lastPort] = process.argv.slice(2);
const engine = await engineOf(kind, Number(firstPort), Number(lastPort));
const server = createServer((socket) => {
  const answer = async (line: LineRequest) => socket.write(`${JSON.stringify(await serve(engine, line))}\n`);
  socket.setEncoding('utf8').setNoDelay(true).on('data', lineReader(answer));
  socket.on('error', () => {});
});
server.listen(Number(controlPort), ADDRESS, () => process.stdout.write('ready\n'));
