import { SeededRandom } from '../../src/index.ts';
import { examine, examineBody } from './examine.ts';
import { mutate } from './mutate.ts';
import { readVectors } from './vectors.ts';

/** A message that broke something, with what it takes to break it again. */
export interface Crash {
  readonly seed: number;
  readonly bytes: Buffer;
  readonly error: unknown;
}

/** Examines `count` mutated vectors, one seed each from `seed` on; yields those that broke something. */
export function* fuzz(seed: number, count: number): Generator<Crash> {
  const vectors = [...readVectors().values()];
  for (let i = 0; i < count; i++) {
    const random = new SeededRandom(seed + i);
    const pick = () => vectors[random.int(vectors.length)] as Buffer;
    const bytes = mutate(pick(), pick(), random);
    try {
      examine(bytes);
      examineBody(bytes, `multipart/mixed;boundary=${random.int(2) === 0 ? 'a' : '7a9cbec02ceef655'}`);
    } catch (error) {
      yield { seed: seed + i, bytes, error };
    }
  }
}
