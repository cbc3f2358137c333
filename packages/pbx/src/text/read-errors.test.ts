/** What is said of a file that is wrong, word by word. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorText } from '../errors.ts';
import { errorsOf, SMALL, withLine } from '../testing/small-company.ts';

describe('errors of parseSystem', () => {
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
      'line 18, column 5, stations[1].colour: There is no field "colour" here. Fields here: id, number, name, state, classOfService, device, outsideNumber, gateway, unlisted. [fieldUnknown]',
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
});
