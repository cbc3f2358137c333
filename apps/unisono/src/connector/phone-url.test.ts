import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSettings } from '../config/load.ts';
import { testFolder } from '../testing/folder.ts';
import { phoneUrl } from './phone-url.ts';

const CASES: readonly [what: string, isBesideSystem: boolean, config: string, url: string | undefined][] = [
  ['beside the phone system the door', true, '', 'https://127.0.0.1:8443'],
  ['the door by its name', true, 'sbc: { names: phone.example.com }', 'https://phone.example.com:8443'],
  ['what clients are told', true, 'clients: { url: "wss://out.example.com/sip" }', 'https://out.example.com'],
  [
    'the Connector’s address where it is configured',
    true,
    'connector: { url: "https://c.example.com" }',
    'https://c.example.com',
  ],
  [
    'the phone’s own before all',
    true,
    'connector: { url: "https://c.example.com", phoneUrl: "https://p.example.com" }',
    'https://p.example.com',
  ],
  ['without a door the Connector itself', true, 'sbc: { wss: off }', undefined],
  ['away from the phone system the Connector itself', false, '', undefined],
];

for (const [what, isBesideSystem, config, url] of CASES) {
  test(`links lead to ${what}`, () => {
    const folder = testFolder();
    if (isBesideSystem) writeFileSync(join(folder, 'unisono.db'), '');
    writeFileSync(join(folder, 'unisono.yaml'), `data: .\n${config}\n`);
    const loaded = loadSettings({ config: join(folder, 'unisono.yaml') }, {}, folder);
    assert.ok(loaded.ok, JSON.stringify(loaded));
    assert.equal(phoneUrl(loaded.settings), url);
  });
}
