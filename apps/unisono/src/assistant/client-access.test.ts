import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSettings } from '../config/load.ts';
import { testFolder } from '../testing/folder.ts';
import { clientAccess } from './client-access.ts';

const folder = testFolder();

test('clients are told every border, in the order of the configuration', () => {
  const environment = {
    UNISONO_CLIENTS_URL: 'wss://phone.example.com',
    UNISONO_CLIENTS_ALTERNATIVE_URLS: 'wss://phone2.example.com/sip',
  };
  const loaded = loadSettings({}, environment, folder);
  assert.ok(loaded.ok);
  assert.deepEqual(clientAccess(loaded.settings, folder).sbc, [
    { uri: 'wss://phone.example.com', priority: 0, weight: 1 },
    { uri: 'wss://phone2.example.com/sip', priority: 1, weight: 1 },
  ]);
});
