import { join } from 'node:path';

/** Flags of Node that let a server be asked for a garbage collection or a profile. */
export const OBSERVING = ['--expose-gc', '--import', join(import.meta.dirname, 'observe.ts')];
