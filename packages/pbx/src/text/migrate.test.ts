import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SYSTEM_DATA_VERSION } from '../model/index.ts';
import { MIGRATIONS, type Migration, migrate } from './migrate.ts';

const RENAME: Migration = ({ people, ...rest }) => ({ ...rest, users: people });
const ADD: Migration = (data) => ({ ...data, extra: true });

describe('migrate', () => {
  const steps = new Map([
    [1, RENAME],
    [2, ADD],
  ]);

  it('goes from version to version up to the current one', () => {
    const old = { version: 1, people: ['anna'] };
    assert.deepEqual(migrate(old, steps, 3), { ok: true, value: { version: 3, users: ['anna'], extra: true } });
  });

  it('begins where the data stands', () => {
    assert.deepEqual(migrate({ version: '2' }, steps, 3), { ok: true, value: { version: 3, extra: true } });
  });

  it('leaves current data as it is', () => {
    const data = { version: 3 };
    assert.deepEqual(migrate(data, steps, 3), { ok: true, value: data });
  });

  it('refuses a version from the future, one from nowhere, and none', () => {
    const code = (value: unknown) => {
      const migrated = migrate(value, steps, 3);
      return migrated.ok ? 'ok' : migrated.finding.code;
    };
    assert.deepEqual([{ version: 4 }, { version: 0 }, { version: 'one' }, { version: [] }, {}].map(code), [
      'versionUnknown',
      'versionUnknown',
      'versionUnknown',
      'versionUnknown',
      'versionMissing',
    ]);
  });

  it('has a migration from every earlier version', () => {
    assert.equal(MIGRATIONS.size, SYSTEM_DATA_VERSION - 1);
  });
});
