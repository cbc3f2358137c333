import { createEmbeddedEngine } from '../embedded/engine.ts';
import { mediaEngineContract } from './contract.ts';

for (const [name, workers] of [
  ['embedded, in this thread', 0],
  ['embedded, with workers', 2],
] as const) {
  mediaEngineContract(name, async () => {
    const side = { addresses: [{ bindAddress: '127.0.0.1' }], ports: { min: 20_000, max: 20_999 } } as const;
    const engine = await createEmbeddedEngine({ sides: { outside: side, inside: side }, workers });
    return { engine, close: () => engine.close() };
  });
}
