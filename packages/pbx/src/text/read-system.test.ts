import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_CLASS_OF_SERVICE } from '../model/index.ts';
import { officeData } from '../testing/office.ts';
import { errorsOf, SMALL, withLine } from '../testing/small-company.ts';
import { exportSystem } from './export-system.ts';
import { parseSystem, readSystem } from './read-system.ts';
import { MAX_TEXT_LENGTH } from './source.ts';

describe('parseSystem', () => {
  it('reads a small file and fills in the defaults', () => {
    const read = parseSystem(SMALL);
    assert.ok(read.ok, JSON.stringify(read));
    const { data } = read;
    assert.equal(data.numbering.nationalPrefix, '0');
    assert.equal(data.defaults.ringSec, 20);
    assert.equal(data.gateways[0]?.id, 'gw1');
    assert.deepEqual(data.classesOfService, [DEFAULT_CLASS_OF_SERVICE]);
    assert.equal(data.stations[0]?.id, '4020');
    assert.equal(data.stations[0]?.classOfService, DEFAULT_CLASS_OF_SERVICE.id);
    assert.equal(data.stations[0]?.device?.maxContacts, 1);
    assert.equal(data.users[0]?.settings.routing, 'default');
  });

  it('keeps unquoted digits as they are written, leading zeros too', () => {
    const read = parseSystem(SMALL);
    assert.ok(read.ok);
    assert.equal(read.data.ufipDevices[0]?.number, '0820');
    assert.equal(read.data.ufipDevices[0]?.account.password, '12345');
  });

  it('names the UFIP device after its user and not after its number', () => {
    const read = parseSystem(SMALL);
    assert.equal(read.ok && read.data.ufipDevices[0]?.id, 'ufip-anna');
  });

  it('takes JSON with numbers where texts belong, as YAML does', () => {
    const json = JSON.stringify({
      ...officeData(),
      applications: [{ id: 'echo', number: 4100, name: 'Echo', kind: 'echo' }],
    });
    const read = parseSystem(json);
    assert.equal(read.ok && read.data.applications[0]?.number, '4100');
  });

  it('names line and column in JSON too', () => {
    const json = JSON.stringify({ ...officeData(), licences: { flex: 1, unifyPhone: 3 } }, null, 2);
    const [error] = errorsOf(json);
    assert.equal(json.split('\n')[(error?.line ?? 0) - 1]?.trim(), '"flex": 1,');
  });

  const unreadable: readonly [name: string, text: string, place: string][] = [
    ['a bracket that is not closed', 'version: 1\ncompany: { name: "x"\n', '3:1 syntax'],
    ['a tab as indentation', 'version: 1\ncompany:\n\tname: x\n', '3:1 syntax'],
    ['two documents', 'version: 1\n---\nversion: 1\n', '2:1 syntax'],
    ['an alias of nothing', 'version: *nothing\n', '1:1 syntax'],
    ['an alias bomb', bomb(), '1:1 syntax'],
    ['a list as the name of a field', 'version: 1\n? [a]\n: b\n', '2:3 syntax'],
  ];
  for (const [name, text, place] of unreadable) {
    it(`does not read ${name}`, () => {
      const [error] = errorsOf(text);
      assert.equal(`${error?.line}:${error?.column} ${error?.code}`, place, error?.message);
    });
  }

  it('does not read nesting without end', () => {
    const errors = errorsOf(`version: ${'['.repeat(20_000)}`);
    assert.ok(errors.length > 0 && errors.length <= 20);
    assert.equal(errors[0]?.message, 'The text is nested too deeply.');
  });

  const wholly: readonly [name: string, text: string][] = [
    ['nothing', ''],
    ['a comment', '# nothing\n'],
    ['a list', '- version: 1\n'],
    ['a word', 'hello'],
  ];
  for (const [name, text] of wholly) {
    it(`does not take ${name} for a system`, () => assert.ok(errorsOf(text).length > 0));
  }

  it('reads a text at the limit and refuses one over it', () => {
    const padded = SMALL + '#'.repeat(MAX_TEXT_LENGTH - SMALL.length);
    assert.equal(parseSystem(padded).ok, true);
    assert.deepEqual(
      errorsOf(`${padded}#`).map((error) => error.code),
      ['tooLarge'],
    );
  });

  it('follows aliases, for values and for places of errors', () => {
    const text = SMALL.replace(
      '    name: Ben\n',
      '    name: Ben\n    device: &phone { account: { username: ben, passwort: x } }\n',
    );
    const aliased = `${text}trunkGroups: [{ id: t, trunks: [{ id: a, peer: { host: a.example }, inboundAccount: &acc { usernam: x, password: y } }, { id: b, peer: { host: b.example }, inboundAccount: *acc }] }]\n`;
    const paths = errorsOf(aliased).map((error) => `${error.line} ${error.path}`);
    assert.ok(paths.includes('30 trunkGroups[0].trunks[1].inboundAccount.usernam'), paths.join());
  });

  it('does not let a field named __proto__ through', () => {
    const [error] = errorsOf(withLine('    name: Ben', '    name: Ben\n    __proto__: { state: signedOff }'));
    assert.equal(error?.code, 'fieldUnknown');
  });

  it('never throws, whatever the text', () => {
    const lines = exportSystem(officeData()).split('\n');
    const broken = fc
      .array(
        fc.tuple(
          fc.nat({ max: lines.length - 1 }),
          fc.constantFrom('', '- ', ': ', '[', '"', '{', '  x: 1', '*a', '&a ', '!!map ', '? '),
        ),
        { maxLength: 4 },
      )
      .map((edits) => {
        const text = [...lines];
        for (const [at, insert] of edits) text[at] = insert + (text[at] ?? '');
        return text.join('\n');
      });
    fc.assert(
      fc.property(fc.oneof(broken, fc.string({ unit: 'binary' })), (text) => parseSystem(text).ok !== undefined),
      { numRuns: 30 },
    );
  });
});

function bomb(): string {
  const levels = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i++)
    levels.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]`);
  return levels.join('\n');
}

describe('readSystem', () => {
  it('takes a plain value and has no lines to tell', () => {
    assert.deepEqual(readSystem(officeData()), { ok: true, data: officeData() });
    const read = readSystem({ ...officeData(), licences: { flex: 'x', unifyPhone: 3 } });
    assert.deepEqual(read.ok ? [] : read.errors.map(({ path, line }) => [path, line]), [['licences.flex', undefined]]);
  });

  for (const value of [null, undefined, 7, 'text', [], {}]) {
    it(`refuses ${JSON.stringify(value)}`, () => assert.equal(readSystem(value).ok, false));
  }
});
