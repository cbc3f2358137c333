import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ENDPOINTS, emailKey, pathOf, type ReplyOf, readUp } from './index.ts';

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

describe('the example of the README', () => {
  it('prints what it says', () => {
    const page: ReplyOf<typeof ENDPOINTS.syncUsers> = ENDPOINTS.syncUsers.replies[200].parse({
      users: [],
      removed: [],
    });
    const printed = [
      `${pathOf(ENDPOINTS.syncUsers, {}, { limit: 500 })} ${emailKey('Anna@BÜCHER.example')}`,
      `${page.users.length} ${readUp({ kind: 'ofALaterVersion' }).kind}`,
    ];
    assert.ok(README.includes(printed.join('\n')));
  });
});
