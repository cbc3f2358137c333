/** The engine that is measured, by its own control protocol. */
import { createRtpengineEngine } from '@unisono/media';
import type { MediaServer } from '../job.ts';
import type { AnchoringEngine } from '../line.ts';
import { connectLineEngine } from './line-engine.ts';

const ADDRESS = '127.0.0.1';

export interface ConnectedEngine {
  readonly engine: AnchoringEngine;
  close(): void;
}

export async function connectEngine({ control, port }: MediaServer): Promise<ConnectedEngine> {
  if (control === 'line') {
    const engine = await connectLineEngine(port);
    return { engine, close: () => engine.close() };
  }
  const engine = await createRtpengineEngine({ instances: [{ address: ADDRESS, port }], checkMs: 3_600_000 });
  return { engine, close: () => void engine.close() };
}
