/**
 * Mutates the vectors and examines what comes of them.
 *
 *     node packages/sip/test/fuzz/main.ts --seed 1 --count 1000000
 *
 * Each message that breaks something is written to `vectors/crashers`, where `npm test` finds it from then on.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { VECTORS } from './vectors.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '100000' } },
});
const startMs = performance.now();
let crashes = 0;
for (const { seed, bytes, error } of fuzz(Number(values.seed), Number(values.count))) {
  crashes++;
  const folder = join(VECTORS, 'crashers');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `seed-${seed}.dat`);
  writeFileSync(file, bytes);
  console.error(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}\n  kept as ${file}`);
  if (crashes >= 20) break;
}
const seconds = (performance.now() - startMs) / 1000;
console.log(`${values.count} messages from seed ${values.seed}, ${crashes} crashes, ${seconds.toFixed(1)} s`);
process.exitCode = crashes === 0 ? 0 : 1;
