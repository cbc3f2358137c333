import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { requirePeer } from './find.ts';
import { type KamailioOptions, startKamailio } from './kamailio.ts';
import { runSipp, type SippOptions, type SippScenario, startSipp } from './sipp.ts';
import { parseSippResponseTimes, parseSippStatistics } from './sipp-stats.ts';

const ACCOUNTS = { '4020': 'anna-secret', '4021': 'ben-secret' };
const ROWS = [{ user: '4020', target: '4021', password: ACCOUNTS['4020'] }];

async function called(t: TestContext, scenario: SippScenario, options: Partial<SippOptions> = {}) {
  const sipp = await startSipp({ scenario, ...options });
  t.after(() => sipp.close());
  return sipp;
}

async function kamailio(t: TestContext, options: KamailioOptions) {
  const started = await startKamailio(options);
  t.after(() => started.close());
  return started;
}

describe('SIPp', { concurrency: 3 }, () => {
  for (const [name, callee, caller, calls] of [
    ['a basic call', 'uas', 'uac', 5],
    ['a call without an offer', 'uas', 'uac-late-offer', 5],
    ['a call that is held and resumed', 'uas-held', 'uac-hold', 5],
    ['a call cancelled while it rings', 'uas-rings', 'uac-cancel-ringing', 5],
    ['a call whose ACK is lost', 'uas', 'uac-lost-ack', 5],
    ['a call whose answer is lost', 'uas-lost-200', 'uac', 5],
  ] as const) {
    test(`calls SIPp: ${name}`, async (t) => {
      if (!requirePeer(t, 'sipp')) return;
      const { port } = await called(t, callee);
      const result = await runSipp({
        scenario: caller,
        remote: `127.0.0.1:${port}`,
        rows: ROWS,
        calls,
        ratePerSec: 50,
      });
      assert.ok(result.ok, result.errors);
      assert.equal(result.calls.successful, calls);
    });
  }

  test('a refused call is a failed call, with what came instead in the errors', async (t) => {
    if (!requirePeer(t, 'sipp')) return;
    const { port } = await called(t, 'uas-busy');
    const result = await runSipp({ scenario: 'uac', remote: `127.0.0.1:${port}` });
    assert.equal(result.ok, false);
    assert.equal(result.calls.failed, 1);
    assert.deepEqual(result.calls.failures, { UnexpectedMessage: 1 });
    assert.match(result.errors, /486 Busy Here/);
  });

  test('registers at Kamailio with digest, and not with a wrong password', async (t) => {
    if (!requirePeer(t, 'sipp', 'kamailio')) return;
    const { port } = await kamailio(t, { role: 'registrar', accounts: ACCOUNTS });
    const register = { scenario: 'register', remote: `127.0.0.1:${port}` } as const;
    const good = await runSipp({ ...register, rows: ROWS });
    assert.ok(good.ok, good.errors);
    assert.equal(good.responseTimesMs.length, 1);
    assert.equal((await runSipp({ ...register, rows: [{ user: '4020', password: 'wrong' }] })).ok, false);
  });

  test('calls through Kamailio as a record-routing proxy', async (t) => {
    if (!requirePeer(t, 'sipp', 'kamailio')) return;
    const uas = await called(t, 'uas');
    const { port } = await kamailio(t, { role: 'proxy', destination: `127.0.0.1:${uas.port}` });
    const result = await runSipp({
      scenario: 'uac',
      remote: `127.0.0.1:${port}`,
      rows: ROWS,
      calls: 20,
      ratePerSec: 100,
    });
    assert.ok(result.ok, result.errors);
    assert.equal(result.responseTimesMs.length, 20);
  });

  test('calls through Kamailio as a trunk with digest', async (t) => {
    if (!requirePeer(t, 'sipp', 'kamailio')) return;
    const network = await called(t, 'uas');
    const options = { role: 'trunk', network: `127.0.0.1:${network.port}`, customerAccount: '4020' } as const;
    const { port } = await kamailio(t, { ...options, accounts: ACCOUNTS });
    const result = await runSipp({ scenario: 'uac-auth', remote: `127.0.0.1:${port}`, rows: ROWS });
    assert.ok(result.ok, result.errors);
  });

  test('calls through Kamailio as a trunk to a customer known by its address', async (t) => {
    if (!requirePeer(t, 'sipp', 'kamailio')) return;
    const [network, customer] = [await called(t, 'uas'), await called(t, 'uas')];
    const addresses = { network: `127.0.0.1:${network.port}`, customer: `127.0.0.1:${customer.port}` };
    const trunk = await kamailio(t, { role: 'trunk', ...addresses });
    const inbound = await runSipp({ scenario: 'uac', remote: `127.0.0.1:${trunk.networkPort}`, rows: ROWS });
    assert.ok(inbound.ok, inbound.errors);
    const stranger = await runSipp({ scenario: 'uac', remote: `127.0.0.1:${trunk.port}`, rows: ROWS });
    assert.match(stranger.errors, /403 Forbidden/);
  });

  test('calls through Kamailio as a trunk to a customer that has registered', async (t) => {
    if (!requirePeer(t, 'sipp', 'kamailio')) return;
    const customer = await called(t, 'uas');
    const options = { role: 'trunk', network: '127.0.0.1:9', customerAccount: '4020', accounts: ACCOUNTS } as const;
    const trunk = await kamailio(t, options);
    const noCustomer = await runSipp({ scenario: 'uac', remote: `127.0.0.1:${trunk.networkPort}`, rows: ROWS });
    assert.match(noCustomer.errors, /480 Temporarily Unavailable/);
    const at = { remote: `127.0.0.1:${trunk.port}`, rows: ROWS, keys: { contact_port: customer.port } };
    const registered = await runSipp({ scenario: 'register', ...at });
    assert.ok(registered.ok, registered.errors);
    const result = await runSipp({ scenario: 'uac', remote: `127.0.0.1:${trunk.networkPort}`, rows: ROWS });
    assert.ok(result.ok, result.errors);
  });
});

test('statistics are read from the last line', () => {
  const csv = [
    'StartTime;ElapsedTime(C);TotalCallCreated;SuccessfulCall(C);FailedCall(C);FailedUnexpectedMessage(C);Retransmissions(C);',
    'x;00:00:01:000000;5;4;0;0;0;',
    'x;00:01:02:500000;9;7;2;2;3;',
  ].join('\n');
  const expected = { created: 9, successful: 7, failed: 2, retransmissions: 3, elapsedSec: 62.5 };
  assert.deepEqual(parseSippStatistics(csv), { ...expected, failures: { UnexpectedMessage: 2 } });
});

test('response times are those of the timer asked for', () => {
  assert.deepEqual(parseSippResponseTimes('Date_ms;response_time_ms;rtd_no\n1.0;2.5;1\n1.1;9;2\n'), [2.5]);
});
