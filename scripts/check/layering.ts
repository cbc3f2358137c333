import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cyclesOf } from './cycles.ts';
import { filesOf } from './files.ts';
import { type Import, importsOf } from './imports.ts';

/** What each folder is for, and which of our packages it may use. Arrows run only as listed. */
interface Layer {
  about: string;
  uses: readonly string[];
}

const LAYERS: Readonly<Record<string, Layer>> = {
  'packages/sip': { about: 'is the protocol and has never heard of accounts', uses: [] },
  'packages/media': { about: 'knows SDP and RTP, and no calls', uses: [] },
  'packages/pbx': { about: 'is the domain as pure functions and data', uses: [] },
  'packages/cluster': { about: 'knows members, leases and keys, and no telephony', uses: [] },
  'packages/contract': { about: 'holds the schemas that systems share', uses: [] },
  'packages/platform': { about: 'is thin, over libraries, and knows no telephony', uses: [] },
  'packages/gateway': { about: 'is a node of the PBX', uses: ['sip', 'media', 'pbx', 'cluster'] },
  'packages/sbc': { about: 'is the border: it adapts, the gateway decides', uses: ['sip', 'media', 'cluster'] },
  'packages/connector': { about: 'is the cloud service', uses: ['contract', 'cluster'] },
  'packages/phone': { about: 'is the logic of the client', uses: ['contract'] },
  'packages/assistant': { about: 'is the administration', uses: ['contract', 'pbx', 'cluster'] },
};

/** Purely computing packages: what they need of the machine is handed in. */
const WITHOUT_INPUT_OUTPUT = ['packages/pbx'];

/** Imports that break the folder table, leave their package sideways, or go round in a circle. */
export function layering(root: string): string[] {
  const files = filesOf(root, ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts']);
  const modules = files.map((file) => ({ file, imports: importsOf(file, readFileSync(join(root, file), 'utf8')) }));
  const wrongArrows = modules.flatMap(({ file, imports }) =>
    imports.flatMap((used) => {
      const problem = problemWith(file, used);
      return problem === undefined ? [] : [`${file}:${used.line}: ${problem}`];
    }),
  );
  return [...wrongArrows, ...circles(modules)];
}

/** The reason why `file` must not import this, or undefined when it may. */
export function problemWith(file: string, used: Import): string | undefined {
  const home = file.split('/').slice(0, 2).join('/');
  const isTest = file.endsWith('.test.ts');
  if (used.specifier.startsWith('.')) {
    const target = join(dirname(file), used.specifier);
    if (!target.startsWith(`${home}/`))
      return `${used.specifier} leaves ${home}: import the package by its name (@unisono/…)`;
    if (!isTest && target.endsWith('.test.ts')) return `${used.specifier} is a test: code in use must not depend on it`;
    return undefined;
  }
  if (used.specifier.startsWith('node:')) return isTest ? undefined : problemWithNode(home, used.specifier);
  const ours = /^@unisono\/([^/]+)(\/.*)?$/.exec(used.specifier);
  return ours?.[1] === undefined ? undefined : problemWithOurs(home, ours[1], ours[2]);
}

function problemWithNode(home: string, specifier: string): string | undefined {
  if (!WITHOUT_INPUT_OUTPUT.includes(home)) return undefined;
  return `${home} does no input or output at all, so it must not use ${specifier}: have what is needed handed in`;
}

function problemWithOurs(home: string, name: string, inside: string | undefined): string | undefined {
  if (inside !== undefined)
    return `@unisono/${name}${inside} reaches into a package: use what its src/index.ts exports`;
  if (home.startsWith('apps/')) return undefined;
  const layer = LAYERS[home];
  if (layer === undefined)
    return `${home} is not in the folder table of scripts/check/layering.ts: add it with the packages it may use`;
  if (layer.uses.includes(name)) return undefined;
  const allowed = layer.uses.length === 0 ? 'nothing of ours' : layer.uses.join(', ');
  return `${home} must not use @unisono/${name}: it ${layer.about} and may use ${allowed}`;
}

function circles(modules: readonly { file: string; imports: readonly Import[] }[]): string[] {
  const graph = new Map(
    modules.map(({ file, imports }) => [
      file,
      imports
        .filter((used) => used.specifier.startsWith('.') && !used.typeOnly)
        .map((used) => join(dirname(file), used.specifier)),
    ]),
  );
  return cyclesOf(graph).map(
    (cycle) => `${cycle.join(' → ')}: these modules import each other; move what both need into a third`,
  );
}
