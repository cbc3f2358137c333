import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ENDPOINTS } from '../endpoints/index.ts';
import { openApiDocument } from './document.ts';
import { SCIM_OPERATIONS } from './scim.ts';

const FILE = join(import.meta.dirname, '../../openapi.json');

describe('openapi.json', () => {
  const document = openApiDocument(ENDPOINTS);

  it('is in step with the schemas: `npm run openapi` writes it anew', () => {
    assert.deepEqual(JSON.parse(readFileSync(FILE, 'utf8')), JSON.parse(JSON.stringify(document)));
  });

  it('points at nothing that is missing', () => {
    const names = new Set(Object.keys((document.components as { schemas: object }).schemas));
    const pointers = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map((match) => match[1] ?? '');
    assert.ok(pointers.length > 100);
    for (const pointer of pointers) {
      assert.ok(pointer.startsWith('#/components/schemas/'), pointer);
      assert.ok(names.has(pointer.slice('#/components/schemas/'.length)), pointer);
    }
  });

  it('has every endpoint once', () => {
    const operations = Object.values(document.paths as Record<string, object>).flatMap((path) => Object.keys(path));
    assert.equal(operations.length, Object.keys(ENDPOINTS).length + SCIM_OPERATIONS.length);
  });

  it('names every parameter of a path', () => {
    for (const { path, ...one } of Object.values(ENDPOINTS)) {
      const inPath = [...path.matchAll(/:([A-Za-z]+)/g)].map((match) => match[1]);
      const params = 'params' in one ? Object.keys(one.params.shape) : [];
      assert.deepEqual(inPath, params, path);
    }
  });
});
