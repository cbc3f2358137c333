import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SystemError } from '../errors.ts';
import { errorText } from '../errors.ts';
import { DEFAULT_CLASS_OF_SERVICE } from '../model/index.ts';
import { officeData } from '../testing/office.ts';
import { exportSystem } from './export-system.ts';
import { parseSystem, readSystem } from './read-system.ts';
import { MAX_TEXT_LENGTH } from './source.ts';

const SMALL = `version: 1
company:
  name: Small
  domain: small.example
numbering:
  countryCode: 49
  areaCode: 89
  internalRanges:
    - { from: 4000, to: 4999 }
    - { from: 0800, to: 0899 }
licences: { flex: 3, unifyPhone: 2 }
stations:
  - number: 4020
    name: Anna
    device:
      account: { username: 4020, password: s3cret }
  - number: 4021
    name: Ben
users:
  - id: anna
    name: Anna
    email: anna@small.example
    deskStation: 4020
ufipDevices:
  - number: 0820
    user: anna
    gateway: gw1
    account: { username: anna, password: 12345 }
`;

function errorsOf(text: string): readonly SystemError[] {
  const read = parseSystem(text);
  return read.ok ? [] : read.errors;
}

/** The text with one line replaced, to see what is said about it. */
function withLine(line: string, replacement: string): string {
  assert.ok(SMALL.includes(`${line}\n`), line);
  return SMALL.replace(`${line}\n`, `${replacement}\n`);
}

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

  type Wrong = readonly [name: string, text: string, error: string];
  const wrongs: readonly Wrong[] = [
    [
      'a mistyped field',
      withLine('    name: Ben', '    nmae: Ben\n    name: Ben'),
      'line 18, column 5, stations[1].nmae: There is no field "nmae" here. Did you mean "name"? [fieldUnknown]',
    ],
    [
      'a field of another world',
      withLine('    name: Ben', '    colour: red\n    name: Ben'),
      'line 18, column 5, stations[1].colour: There is no field "colour" here. Fields here: id, number, name, state, classOfService, device, outsideNumber, gateway. [fieldUnknown]',
    ],
    [
      'a missing field',
      withLine('    name: Ben', ''),
      'line 17, column 5, stations[1].name: The field "name" is missing. Add it: it holds text. [fieldMissing]',
    ],
    [
      'a missing section',
      withLine('licences: { flex: 3, unifyPhone: 2 }', ''),
      'line 1, column 1, licences: The field "licences" is missing. Add it: it holds a group of fields. [fieldMissing]',
    ],
    [
      'a word that is not allowed',
      withLine('    name: Ben', '    name: Ben\n    state: inservice'),
      'line 19, column 5, stations[1].state: "inservice" is not one of the allowed words. Did you mean "inService"? Allowed: inService, outOfService, signedOff. [fieldChoice]',
    ],
    [
      'a text where a number belongs',
      withLine('licences: { flex: 3, unifyPhone: 2 }', 'licences: { flex: many, unifyPhone: 2 }'),
      'line 11, column 13, licences.flex: "many" is not a whole number. Write a whole number without quotes. [fieldType]',
    ],
    [
      'a number over the limit',
      withLine('    gateway: gw1', '    gateway: gw1\n    maxContacts: 51'),
      'line 28, column 5, ufipDevices[0].maxContacts: 51 is outside the limits. Give at most 50. [fieldRange]',
    ],
    [
      'a list where a text belongs',
      withLine('    name: Ben', '    name: [Ben]'),
      'line 18, column 5, stations[1].name: A list is not text. Write a text, in quotes where it could be mistaken for something else. [fieldType]',
    ],
    [
      'a fraction',
      withLine('licences: { flex: 3, unifyPhone: 2 }', 'licences: { flex: 3.5, unifyPhone: 2 }'),
      'line 11, column 13, licences.flex: "3.5" is not a whole number. Write a whole number without quotes. [fieldType]',
    ],
    [
      'a number that is none',
      withLine('  - number: 4021', '  - number: 40-21'),
      'line 17, column 5, stations[1].number: "40-21" is not written as this field asks. Write digits only, like "4020". [fieldFormat]',
    ],
    [
      'a rule that is broken',
      withLine('  - number: 4021', '  - number: 4020'),
      'line 17, column 5, stations[1].number: The number 4020 of station "Ben" is already that of station "Anna". Give each of them a number of its own. [numberDuplicate]',
    ],
    [
      'a field that stands twice',
      withLine('    name: Ben', '    name: Ben\n    name: Bob'),
      'line 19, column 5: This field stands here a second time. Keep one of the two. [keyDuplicate]',
    ],
    [
      'a future version',
      withLine('version: 1', 'version: 7'),
      'line 1, column 1, version: Format version 7 cannot be read. Write "version: 1". [versionUnknown]',
    ],
    [
      'no version',
      withLine('version: 1', ''),
      'line 2, column 1, version: The field "version" is missing. Write "version: 1". [versionMissing]',
    ],
    [
      'one licence where two are needed',
      withLine('licences: { flex: 3, unifyPhone: 2 }', 'licences: { flex: 1, unifyPhone: 2 }'),
      'line 11, column 13, licences.flex: 2 stations need a Flex licence each, 1 is granted. Get more licences, or remove stations; a station without a phone needs one too. [flexLicencesOverrun]',
    ],
    [
      'an unknown gateway',
      withLine('    gateway: gw1', '    gateway: gw2'),
      'line 27, column 5, ufipDevices[0].gateway: There is no gateway "gw2". Did you mean "gw1"? [gatewayUnknown]',
    ],
    [
      'neither gateway nor cluster',
      withLine('    gateway: gw1', ''),
      'line 25, column 5, ufipDevices[0]: These fields do not go together. Give either gateway or cluster, and not both. [fieldCombination]',
    ],
    [
      'password and HA1',
      withLine(
        '    account: { username: anna, password: 12345 }',
        `    account: { username: anna, password: 12345, ha1: { md5: ${'0'.repeat(32)} } }`,
      ),
      'line 28, column 5, ufipDevices[0].account: These fields do not go together. Give either password or ha1, and not both. [fieldCombination]',
    ],
    [
      'a keep-alive interval between 0 and 30 s',
      withLine(
        'licences: { flex: 3, unifyPhone: 2 }',
        'licences: { flex: 3, unifyPhone: 2 }\ndefaults: { ufipKeepAlive: { intervalSec: 29 } }',
      ),
      'line 12, column 30, defaults.ufipKeepAlive.intervalSec: 29 is not written as this field asks. Write 0 (off) or 30 to 3600 seconds. [fieldFormat]',
    ],
    [
      'six keep-alive attempts',
      withLine(
        'licences: { flex: 3, unifyPhone: 2 }',
        'licences: { flex: 3, unifyPhone: 2 }\ndefaults: { ufipKeepAlive: { attempts: 6 } }',
      ),
      'line 12, column 30, defaults.ufipKeepAlive.attempts: 6 is outside the limits. Give at most 5. [fieldRange]',
    ],
    [
      'a time zone that is none',
      withLine('  domain: small.example', '  domain: small.example\n  timeZone: Mars/Olympus'),
      'line 5, column 3, company.timeZone: "Mars/Olympus" is not written as this field asks. Write an IANA name, like "Europe/Berlin". [fieldFormat]',
    ],
    [
      'a ring order nobody knows',
      withLine(
        '    deskStation: 4020',
        '    deskStation: 4020\n    settings: { ringOrder: { order: deskfirst, afterSec: 5 } }',
      ),
      'line 24, column 30, users[0].settings.ringOrder.order: "deskfirst" is not one of the allowed words. Did you mean "deskFirst"? Allowed: simultaneous, deskFirst, clientsFirst. [fieldChoice]',
    ],
    [
      'an application of no kind',
      withLine('users:', 'applications: [{ id: echo, number: 4100, name: Echo }]\nusers:'),
      'line 19, column 16, applications[0].kind: The field "kind" is missing. Add it: echo or mailbox or announcement. [fieldMissing]',
    ],
    [
      'half an inbound rule',
      withLine(
        'users:',
        'trunkGroups: [{ id: t, inbound: [{ number: "+4989777" }], trunks: [{ id: a, peer: { host: a.example } }] }]\nusers:',
      ),
      'line 19, column 34, trunkGroups[0].inbound[0]: These fields do not go together. Give number and to for one number, or prefix and digits for a block. [fieldCombination]',
    ],
  ];
  for (const [name, text, error] of wrongs) {
    it(`says it of ${name}`, () => assert.deepEqual(errorsOf(text).map(errorText), [error]));
  }

  it('never repeats a password', () => {
    const secret = 'tab\\there';
    const text = withLine(
      '    account: { username: anna, password: 12345 }',
      `    account: { username: anna, password: "${secret}" }`,
    );
    const [error, ...others] = errorsOf(text);
    assert.equal(error?.path, 'ufipDevices[0].account.password');
    assert.equal(others.length, 0);
    assert.ok(!errorText(error ?? assert.fail()).includes('here'));
  });

  it('finds the errors of form and of rules together, in the order of the text', () => {
    const text = SMALL.replace('  - number: 4021\n    name: Ben\n', '  - number: 4021\n    nam: Ben\n')
      .replace('users:', 'routes: [{ id: r, pattern: "+", elements: [{ trunkGroup: gone }] }]\nusers:')
      .replace('flex: 3', 'flex: 0')
      .replace('deskStation: 4020', 'deskStation: 4020\n    settings: { routing: voicemail }');
    assert.deepEqual(
      errorsOf(text).map((error) => `${error.line} ${error.code} ${error.path}`),
      [
        '11 flexLicencesOverrun licences.flex',
        '17 fieldMissing stations[1].name',
        '18 fieldUnknown stations[1].nam',
        '19 trunkGroupUnknown routes[0].elements[0].trunkGroup',
        '25 mailboxMissing users[0].settings.routing',
      ],
    );
  });

  it('names the place behind an entry that is left out for its form', () => {
    const text = SMALL.replace('  - number: 4020\n', '  - number: four\n').replace(
      '  - number: 4021\n',
      '  - number: 5021\n',
    );
    assert.deepEqual(
      errorsOf(text).map((error) => `${error.code} ${error.path}`),
      ['fieldFormat stations[0].number', 'numberOutsideRanges stations[1].number'],
    );
  });

  const hidden: readonly [name: string, text: string, errors: readonly string[]][] = [
    [
      'of a station that is broken, but of a gateway that is not there',
      SMALL.replace('  - number: 4020\n', '  - number: four\n').replace('gateway: gw1', 'gateway: gw7'),
      ['fieldFormat stations[0].number', 'gatewayUnknown ufipDevices[0].gateway'],
    ],
    [
      'of a gateway in a list that lost one',
      SMALL.replace('gateway: gw1', 'gateway: gw7').replace('users:', 'gateways: [{ id: gw7, kind: soft }]\nusers:'),
      ['fieldChoice gateways[0].kind'],
    ],
    [
      'of the default of a field that is misspelled',
      SMALL.replace('    name: Ben\n', '    name: Ben\n    classofService: office\n').replace(
        'users:',
        'classesOfService: [{ id: office, allow: [] }]\nusers:',
      ),
      ['classOfServiceUnknown stations[0].classOfService', 'fieldUnknown stations[1].classofService'],
    ],
    [
      'of entries of a list whose name is misspelled',
      SMALL.replace('gateway: gw1', 'gateway: gw7').replace('users:', 'gatways: [{ id: gw7 }]\nusers:'),
      ['fieldUnknown gatways'],
    ],
  ];
  for (const [name, text, errors] of hidden) {
    it(`says nothing ${name}`, () =>
      assert.deepEqual(
        errorsOf(text).map((error) => `${error.code} ${error.path}`),
        errors,
      ));
  }

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
