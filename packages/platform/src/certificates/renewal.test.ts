import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AcmeCertificate } from './acme.ts';
import { ChallengeServer } from './challenges.ts';
import { issueAuthority, issueServer } from './issue.ts';
import { type CertificatePair, certificateFacts, readPair } from './pair.ts';
import { renewAtMs, retryAfterMs, warningDays } from './schedule.ts';
import { FakeAcme } from './testing-acme.ts';
import { CertificateFiles } from './watch-files.ts';

const base = mkdtempSync(join(tmpdir(), 'unisono-renewal-'));
after(() => rmSync(base, { recursive: true }));

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

test('renewed when two thirds of its life are over', () => {
  assert.equal(renewAtMs({ validFromMs: 0, validToMs: 90 * DAY_MS }), 60 * DAY_MS);
  assert.equal(renewAtMs({ validFromMs: 6 * DAY_MS, validToMs: 12 * DAY_MS }), 10 * DAY_MS);
});

test('failures in a row: after five minutes, then twice as long, up to six hours', () => {
  const waits = [1, 2, 3, 7, 8, 100].map((failures) => retryAfterMs(failures) / MINUTE_MS);
  assert.deepEqual(waits, [5, 10, 20, 320, 360, 360]);
});

const WARNINGS: [daysLeft: number, warned: number | undefined][] = [
  [31, undefined],
  [30, 30],
  [15, 30],
  [14, 14],
  [1.5, 2],
  [1, 1],
  [0.1, 1],
  [0, 0],
  [-5, 0],
];
for (const [daysLeft, warned] of WARNINGS) {
  test(`${daysLeft} days before its end ${warned === undefined ? 'nobody is warned' : `it is warned of ${warned}`}`, () =>
    assert.equal(warningDays({ validFromMs: 0, validToMs: daysLeft * DAY_MS }, 0), warned));
}

async function issued(...names: string[]): Promise<CertificatePair> {
  const nowMs = Date.now();
  const { certificate, privateKey } = await issueServer(await issueAuthority('Test', nowMs), names, nowMs);
  return { chain: certificate, privateKey };
}

async function folderWith(name: string, pair: CertificatePair) {
  const folder = join(base, name);
  mkdirSync(folder, { recursive: true });
  const files = { certificateFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  writeFileSync(files.certificateFile, pair.chain);
  writeFileSync(files.keyFile, pair.privateKey);
  return files;
}

test('a pair that cannot be used is refused, and it is said why', async () => {
  const [good, other] = [await issued('a.example'), await issued('b.example')];
  const nowMs = Date.now();
  const refusal = async (pair: CertificatePair, atMs = nowMs) => {
    const { certificateFile, keyFile } = await folderWith('broken', pair);
    const reading = readPair(certificateFile, keyFile, atMs);
    return reading.ok ? 'good' : reading.why;
  };
  assert.equal(await refusal(good), 'good');
  assert.match(
    await refusal({ ...good, privateKey: other.privateKey }),
    /cert\.pem and .*key\.pem: the key does not belong/,
  );
  assert.match(await refusal({ ...good, chain: 'rubbish' }), /no certificate in PEM/);
  assert.match(await refusal({ ...good, privateKey: '' }), /no private key in PEM/);
  assert.match(await refusal(good, nowMs + 400 * DAY_MS), /expired on 20/);
  const missing = readPair(join(base, 'none.pem'), join(base, 'none-key.pem'), nowMs);
  assert.match(missing.ok ? '' : missing.why, /none\.pem cannot be read/);
});

test('facts of a certificate as people look for them', async () => {
  const { names, issuer, fingerprint } = certificateFacts((await issued('a.example', '127.0.0.1')).chain);
  assert.deepEqual(names, ['a.example', '127.0.0.1']);
  assert.equal(issuer, 'CN=Test');
  assert.match(fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});

test('files that change are taken over, also when they are replaced; broken ones are told and not used', async () => {
  const [first, second, third] = [await issued('a.example'), await issued('b.example'), await issued('c.example')];
  const files = await folderWith('watched', first);
  const heard: { pair?: CertificatePair; why?: string }[] = [];
  let wake = (): void => {};
  const hear = (one: (typeof heard)[number]): void => {
    heard.push(one);
    wake();
  };
  const next = async (): Promise<(typeof heard)[number] | undefined> => {
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return heard.shift();
  };
  const watched = new CertificateFiles(
    { ...files, epochMs: Date.now, onPair: (pair) => hear({ pair }), onBroken: (why) => hear({ why }) },
    first,
  );
  // The watcher does not keep a process alive; this test does.
  const alive = setInterval(() => {}, 1_000);
  try {
    writeFileSync(files.certificateFile, second.chain);
    assert.match((await next())?.why ?? '', /does not belong/);
    writeFileSync(`${files.keyFile}.new`, second.privateKey);
    renameSync(`${files.keyFile}.new`, files.keyFile);
    assert.equal((await next())?.pair?.chain, second.chain);
    writeFileSync(files.keyFile, third.privateKey);
    writeFileSync(files.certificateFile, third.chain);
    watched.reload();
    assert.equal((await next())?.pair?.chain, third.chain);
  } finally {
    clearInterval(alive);
    watched.close();
  }
});

/** Timers that run when the test says so. */
class Later {
  nowMs = Date.now();
  waiting: { atMs: number; act: () => void } | undefined;
  readonly after = (delayMs: number, act: () => void) => {
    const one = { atMs: this.nowMs + delayMs, act };
    this.waiting = one;
    return {
      cancel: () => {
        if (this.waiting === one) this.waiting = undefined;
      },
    };
  };

  run(): void {
    const one = this.waiting;
    assert.ok(one, 'nothing waits');
    this.waiting = undefined;
    this.nowMs = one.atMs;
    one.act();
  }
}

async function acmeScene(name: string) {
  const challenges = new ChallengeServer();
  const port = await challenges.listen('127.0.0.1', 0);
  const fake = await FakeAcme.start(() => port);
  const later = new Later();
  const results: (CertificatePair | { why: string; nextAtMs: number })[] = [];
  let wake = (): void => {};
  const open = () => {
    const told = (result: (typeof results)[number]): void => {
      results.push(result);
      wake();
    };
    return new AcmeCertificate({
      settings: {
        directoryUrl: fake.directoryUrl,
        names: ['phone.example.com', 'sip.example.com'],
        email: 'it@example.com',
      },
      folder: join(base, name),
      challenges,
      epochMs: () => later.nowMs,
      after: later.after,
      onPair: told,
      onFailure: (why, nextAtMs) => told({ why, nextAtMs }),
      pollMs: 10,
    });
  };
  const next = async () => {
    while (results.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    const result = results.shift();
    // The next wait is set when the attempt is over.
    while (later.waiting === undefined) await new Promise((resolve) => setImmediate(resolve));
    return result;
  };
  const close = (): void => {
    challenges.close();
    fake.close();
  };
  return { fake, later, open, next, close, port };
}

test('ACME: a certificate for all names is ordered, kept over a restart, and renewed at two thirds of its life with the same account', async () => {
  const { fake, later, open, next, close } = await acmeScene('acme');
  const first = open();
  assert.equal(open().pair, undefined);
  first.start();
  const pair = (await next()) as CertificatePair;
  assert.deepEqual(certificateFacts(pair.chain).names, ['phone.example.com', 'sip.example.com']);
  assert.equal(first.pair?.chain, pair.chain);
  first.close();
  assert.equal(fake.issued, 1);

  const second = open();
  assert.equal(second.pair?.chain, pair.chain);
  second.start();
  while (fake.issued === 1) {
    fake.nowMs = later.waiting?.atMs ?? fake.nowMs;
    later.run();
    await new Promise((resolve) => setImmediate(resolve));
    if (later.waiting === undefined) break;
  }
  const renewed = (await next()) as CertificatePair;
  assert.notEqual(renewed.chain, pair.chain);
  const { validFromMs } = certificateFacts(pair.chain);
  assert.ok(Math.abs(later.nowMs - (validFromMs + 60 * DAY_MS)) < 2 * MINUTE_MS);
  assert.equal(fake.accounts.length, 1);
  second.close();
  close();
});

test('ACME: what fails is told with its reason and tried again later and later; the next success is as if nothing had been', async () => {
  const { fake, later, open, next, close } = await acmeScene('failing');
  fake.refusal = 'too many certificates already';
  const certificate = open();
  const startMs = later.nowMs;
  certificate.start();
  const waits: number[] = [];
  for (let i = 0; i < 3; i++) {
    const failure = (await next()) as { why: string; nextAtMs: number };
    assert.match(failure.why, /too many certificates already/);
    waits.push((failure.nextAtMs - later.nowMs) / MINUTE_MS);
    if (i < 2) later.run();
  }
  assert.deepEqual(waits, [5, 10, 20]);
  assert.ok(later.nowMs > startMs);
  fake.refusal = undefined;
  later.run();
  assert.ok('chain' in ((await next()) as object));
  certificate.close();
  close();
});

test('ACME: the challenge server answers nothing else', async () => {
  const { port, close } = await acmeScene('challenges');
  for (const path of ['/', '/.well-known/acme-challenge/', '/.well-known/acme-challenge/../x'])
    assert.equal((await fetch(`http://127.0.0.1:${port}${path}`)).status, 404, path);
  close();
});

test("ACME: the account key and the key of the certificate are their owner's to read", async () => {
  const { open, next, close } = await acmeScene('keys');
  const certificate = open();
  certificate.start();
  await next();
  for (const file of ['acme-key.pem', 'acme-account-key.pem'])
    assert.equal(statSync(join(base, 'keys', file)).mode & 0o777, 0o600);
  certificate.close();
  close();
});
