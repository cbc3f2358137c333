import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ERROR_MEANINGS } from './errors.ts';
import * as pbx from './index.ts';
import { licenceUse } from './licences.ts';
import { systemDataSchema } from './schema/system-data.ts';
import { parseSystem } from './text/read-system.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const page = readFileSync(new URL('../../../docs/system-data.md', import.meta.url), 'utf8');

/** The parts of a zod schema's definition that lead to its fields. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly out?: Schema;
  readonly options?: readonly Schema[];
  readonly defaultValue?: unknown;
}
interface Schema {
  readonly _zod: { readonly def: Definition };
}

/** Every group of fields: its path, and its fields with the simple defaults they have. */
type Groups = Map<string, Map<string, string | undefined>>;

function collect(schema: Schema, path: string, groups: Groups): Groups {
  const { def } = schema._zod;
  if (def.shape !== undefined) {
    const fields = groups.get(path) ?? new Map<string, string | undefined>();
    groups.set(path === '' ? 'system' : path, fields);
    for (const [name, inner] of Object.entries(def.shape)) {
      fields.set(name, simpleDefault(inner));
      collect(inner, path === '' ? name : `${path}.${name}`, groups);
    }
  }
  const inner = def.innerType ?? (def.in?._zod.def.type === 'transform' ? def.out : def.in);
  if (inner !== undefined) collect(inner, path, groups);
  if (def.element !== undefined) collect(def.element, `${path}[]`, groups);
  for (const option of def.options ?? []) collect(option, path, groups);
  return groups;
}

function simpleDefault({ _zod: { def } }: Schema): string | undefined {
  const value = def.defaultValue;
  if (def.type !== 'default' || (typeof value === 'object' && value !== null)) return undefined;
  return value === '' ? '""' : String(value);
}

/** The rows below the heading that names this path. */
function rowsOf(path: string): ReadonlyMap<string, string> {
  const sections = page.split(/^##+ /m);
  const section = sections.find((text) => text.split('\n')[0]?.includes(`\`${path}\``));
  assert.ok(section !== undefined, `no heading names \`${path}\``);
  const rows = [...section.matchAll(/^\| `(\w+)` \|.*\| (.*) \|$/gm)];
  return new Map(rows.map(([, field = '', value = '']) => [field, value]));
}

describe('docs/system-data.md', () => {
  const groups = collect(systemDataSchema as unknown as Schema, '', new Map());

  for (const [path, fields] of groups) {
    // The same hashes and accounts stand below several paths: one table serves them.
    if (path.endsWith('.ha1') && path !== 'stations[].device.account.ha1') continue;
    it(`has every field of ${path}, and no other`, () => {
      assert.deepEqual([...rowsOf(path).keys()].sort(), [...fields.keys()].sort());
    });

    it(`has the defaults of ${path}`, () => {
      const rows = rowsOf(path);
      for (const [field, value] of fields) {
        if (value !== undefined) assert.equal(rows.get(field), `\`${value}\``, `${path}.${field}`);
      }
    });
  }

  it('has the whole table of errors', () => {
    const table = page.slice(page.indexOf('\n## Errors\n'), page.indexOf('\n## Format versions\n'));
    const rows = [...table.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
    assert.deepEqual(rows, Object.entries(ERROR_MEANINGS));
  });

  it('has an example that is sound', () => {
    const read = parseSystem(exampleSystem());
    assert.ok(read.ok, JSON.stringify(read));
    const { flex, unifyPhone } = licenceUse(read.data);
    assert.deepEqual([flex.usedCount, unifyPhone.usedCount], [3, 2]);
  });
});

function exampleSystem(): string {
  return /```yaml\n(.*?)```/s.exec(page)?.[1] ?? assert.fail('no example');
}

describe('README.md', () => {
  it('has an example that prints what it says', () => {
    const [, code = '', printed = ''] = /```js\n(.*?)```.*?```\n(.*?)```/s.exec(readme) ?? [];
    const lines: string[] = [];
    const body = code.replace(/^import (.*) from '@unisono\/pbx';$/m, 'const $1 = pbx;');
    const run = new Function('pbx', 'yamlText', 'console', body);
    run(pbx, exampleSystem(), { log: (...words: readonly unknown[]) => lines.push(words.join(' ')) });
    assert.equal(`${lines.join('\n')}\n`, printed);
  });
});
