import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { anySystemData } from '../testing/any-system.ts';
import { officeData } from '../testing/office.ts';
import { exportSystem } from './export-system.ts';
import { checkSystem, parseSystem } from './read-system.ts';

describe('exportSystem', () => {
  it('is read back to the same value', () => {
    fc.assert(
      fc.property(anySystemData, (data) => {
        assert.deepEqual(checkSystem(data), []);
        assert.deepEqual(parseSystem(exportSystem(data)), { ok: true, data });
      }),
      { numRuns: 60 },
    );
  });

  it('is read back from JSON as well', () => {
    fc.assert(
      fc.property(anySystemData, fc.constantFrom(undefined, 2, '\t'), (data, indent) =>
        assert.deepEqual(parseSystem(JSON.stringify(data, null, indent)), { ok: true, data }),
      ),
      { numRuns: 60 },
    );
  });

  it('means the same to any other reader of YAML', () => {
    fc.assert(
      fc.property(anySystemData, (data) => assert.deepEqual(parse(exportSystem(data)), data)),
      { numRuns: 30 },
    );
  });

  it('writes JSON when asked', () => {
    assert.deepEqual(JSON.parse(exportSystem(officeData(), 'json')), officeData());
  });

  it('writes JSON when asked', () => {
    assert.deepEqual(JSON.parse(exportSystem(officeData(), 'json')), officeData());
  });

  it('begins with the version', () => {
    assert.match(exportSystem(officeData()), /^version: 1\n/);
  });
});
