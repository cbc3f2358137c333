import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDown, readFrame, readFrameText, readUp } from '../link/read.ts';
import { commonVersion } from '../values/version.ts';
import { VERSION_1 } from './samples.ts';

/** Names are data in these, not fields. */
const RECORDS = ['featureCodes'];

/** The same as a newer side would say it: with fields in every object that nobody here has heard of. */
function newer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(newer);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).map(([name, member]) => [name, RECORDS.includes(name) ? member : newer(member)]);
  return { ...Object.fromEntries(known), 'x-new': { in: ['a', 'later', 'version'] }, zNew: 1 };
}

/** Without what a newer side has added; open objects keep it. */
function older(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(older);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).filter(([name]) => name !== 'x-new' && name !== 'zNew');
  return Object.fromEntries(known.map(([name, member]) => [name, older(member)]));
}

describe('this side reads version 1', () => {
  for (const [name, schema, said] of VERSION_1) it(name, () => assert.doesNotThrow(() => schema.parse(said)));
});

describe('this side passes over fields of a newer side', () => {
  for (const [name, schema, said] of VERSION_1) {
    it(name, () => assert.deepEqual(older(schema.parse(newer(said))), schema.parse(said)));
  }
});

describe('this side passes over kinds of a newer side', () => {
  it('a frame', () => assert.deepEqual(readFrame({ type: 'hologram', x: 1 }), { kind: 'unknown', name: 'hologram' }));
  it('a message to the Assistant', () => assert.equal(readDown({ kind: 'somethingNew' }).kind, 'unknown'));
  it('a message to the Connector', () => assert.equal(readUp({ kind: 'somethingNew', userId: 7 }).kind, 'unknown'));
  it('a message keeps a body of any kind until it is read', () => {
    const read = readFrame({
      type: 'message',
      seq: 1,
      id: 'm1',
      atMs: 1,
      body: { kind: 'somethingNew', deep: { a: 1 } },
    });
    assert.deepEqual(read.kind === 'known' && read.value.type === 'message' && read.value.body, {
      kind: 'somethingNew',
      deep: { a: 1 },
    });
  });
});

describe('a fault of the other side is told from news', () => {
  it('a known kind of the wrong form', () => {
    const read = readUp({ kind: 'settingsResult', changeId: 'c1', userId: 'u1', outcome: 'perhaps' });
    assert.match(read.kind === 'invalid' ? read.message : '', /settingsResult: outcome/);
  });
  it('no object', () => assert.equal(readFrame('hello').kind, 'invalid'));
  it('no JSON', () => assert.equal(readFrameText('{').kind, 'invalid'));
  it('no kind', () => assert.equal(readFrame({ seq: 1 }).kind, 'invalid'));
});

describe('the version both sides speak', () => {
  it('is the newest common one', () => assert.equal(commonVersion([3, 2, 1], [1, 2]), 2));
  it('may not be there', () => assert.equal(commonVersion([2], [1]), undefined));
});
