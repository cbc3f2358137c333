import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingPlatformPackages, withPlatformPackages } from './platform-packages.ts';

const LOCK = {
  packages: {
    '': {},
    'node_modules/tool': {
      version: '1.0.0',
      dev: true,
      license: 'MIT',
      optionalDependencies: {
        '@tool/cli-linux-x64': '1.0.0',
        '@tool/cli-linux-x64-musl': '1.0.0',
        '@tool/cli-darwin-arm64': '1.0.0',
      },
    },
    'node_modules/@tool/cli-linux-x64': { version: '1.0.0', integrity: 'sha512-…' },
  },
};

test('packages of other platforms that have no entry are found', () => {
  assert.deepEqual(
    missingPlatformPackages(LOCK).map(({ name }) => name),
    ['@tool/cli-linux-x64-musl', '@tool/cli-darwin-arm64'],
  );
});

test('they get an entry that says for which platform they are, and nothing else changes', () => {
  const complete = withPlatformPackages(LOCK);
  const entry = { version: '1.0.0', dev: true, license: 'MIT', optional: true };
  assert.deepEqual(missingPlatformPackages(complete), []);
  assert.deepEqual(complete.packages['node_modules/@tool/cli-linux-x64-musl'], {
    ...entry,
    os: ['linux'],
    cpu: ['x64'],
    libc: ['musl'],
  });
  assert.deepEqual(complete.packages['node_modules/@tool/cli-darwin-arm64'], {
    ...entry,
    os: ['darwin'],
    cpu: ['arm64'],
  });
  assert.deepEqual(
    complete.packages['node_modules/@tool/cli-linux-x64'],
    LOCK.packages['node_modules/@tool/cli-linux-x64'],
  );
  assert.equal(Object.keys(complete.packages)[0], '');
});
