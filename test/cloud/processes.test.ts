/** The demo company with every part in a process of its own, and the Assistant behind an HTTPS proxy. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { findPeer, type PhoneBrowser, requirePeer, startPhoneBrowser } from '../peers/index.ts';
import { type Parts, startParts, until } from './parts.ts';

interface Connection {
  readonly sbc: readonly { readonly uri: string }[];
  readonly sip: { readonly addressOfRecord: string; readonly username: string; readonly password: string };
}

interface HistoryPage {
  readonly entries: readonly { readonly direction: string; readonly dialled?: string; readonly result: string }[];
}

describe('each part as a process of its own', () => {
  let parts: Parts;
  let browser: PhoneBrowser | undefined;
  let anna = '';

  before(async () => {
    parts = await startParts();
    if (findPeer('chromium')) browser = await startPhoneBrowser('chromium');
  });
  after(async () => {
    await browser?.close();
    await parts?.close();
  });

  test('the Assistant reaches the Connector through the proxy, and a person is synchronised by herself', async () => {
    await until(async () => ((await parts.assistant('/link')).state === 'up' ? true : undefined), 'the link');
    anna = await parts.signedIn('Anna');
    const connection = await until<Connection>(
      () => parts.cloud('/v1/me/connection', { token: anna }).catch(() => undefined),
      'connection data of Anna',
    );
    assert.deepEqual(
      connection.sbc.map(({ uri }) => uri),
      [`wss://127.0.0.1:${parts.doorPort}/`],
    );
    const hosts = new Set(parts.proxy.tunnels);
    assert.deepEqual([...hosts], [`127.0.0.1:${parts.connectorPort}`]);
  });

  test('the Assistant invites through the proxy; without a mail server it is told where the mail lies', async () => {
    const invited = await parts.assistant('/people/david/invitation', { method: 'POST' });
    assert.equal(invited.state, 'invited');
    assert.match(readFileSync(invited.file, 'utf8'), /^To: david@/);
    assert.ok(readFileSync(invited.file, 'utf8').includes(invited.link));
    const found = (await parts.cloud('/v1/admin/users?q=david')).users;
    assert.deepEqual([found.length, found[0]?.status], [1, 'invited']);
  });

  test('a setting that is changed in the cloud is in force at the gateway, and the cloud is told', async () => {
    const gateway = parts.process('gateway');
    const before = gateway.output.length;
    const body = { routing: 'alternativeNumber', alternativeNumber: '4100' };
    await parts.cloud('/v1/me/settings', { method: 'PATCH', token: anna, body });
    await gateway.waitForOutput(/system data changed by another process/, 10_000, before);
    const plan = await parts.run('plan', 'anna', '--data', `${parts.folder}/pbx`);
    assert.match(plan.output, /4100/);
    await until(async () => {
      const { settings, pending } = await parts.cloud('/v1/me/settings', { token: anna });
      return settings.routing === 'alternativeNumber' && pending.length === 0 ? true : undefined;
    }, 'the confirmation');
  });

  test('a browser registers with what the cloud gave it, calls, is seen at the Assistant, and reads of the call', async (t) => {
    if (!requirePeer(t, 'chromium') || browser === undefined) return;
    const { sbc, sip } = (await parts.cloud('/v1/me/connection', { token: anna })) as Connection;
    const phone = await browser.openPhone();
    const { registration, registrationCause } = await phone.register({
      url: sbc[0]?.uri ?? '',
      uri: sip.addressOfRecord,
      user: sip.username,
      password: sip.password,
    });
    assert.equal(registration, 'registered', registrationCause);
    const call = await phone.call('sip:4100@127.0.0.1', 440);
    await phone.waitForState(call, 'confirmed');
    await phone.waitForTone(call, 440);
    const now = await until(async () => {
      const found = await parts.assistant('/now');
      return found.calls.length > 0 && found.contacts.length > 0 ? found : undefined;
    }, 'the call at the Assistant');
    assert.deepEqual(
      [now.calls[0].users, now.contacts.map(({ device }: { device: string }) => device)],
      [['anna'], ['client:ufip-anna']],
    );
    await phone.hangUp(call);
    const history = await until<HistoryPage>(async () => {
      const page = await parts.cloud('/v1/me/history', { token: anna });
      return page.entries.length > 0 ? page : undefined;
    }, 'the history of Anna');
    assert.deepEqual(
      history.entries.map(({ direction, dialled, result }) => [direction, dialled, result]),
      [['outgoing', '4100', 'answered']],
    );
  });

  test('with Assistant and Connector gone calls go on, and what happened is told when they are back', async (t) => {
    if (!requirePeer(t, 'chromium') || browser === undefined) return;
    const { sip, sbc } = (await parts.cloud('/v1/me/connection', { token: anna })) as Connection;
    await Promise.all([parts.kill('assistant'), parts.kill('connector')]);
    const phone = await browser.openPhone();
    const user = { uri: sip.addressOfRecord, user: sip.username, password: sip.password };
    assert.equal((await phone.register({ url: sbc[0]?.uri ?? '', ...user })).registration, 'registered');
    const call = await phone.call('sip:4100@127.0.0.1', 440);
    await phone.waitForTone(call, 440);
    await phone.hangUp(call);
    await phone.waitForState(call, 'ended');
    await Promise.all([parts.start('connector'), parts.start('assistant')]);
    await until(async () => {
      const page = (await parts.cloud('/v1/me/history', { token: anna }).catch(() => undefined)) as HistoryPage;
      return page?.entries.length === 2 ? true : undefined;
    }, 'both calls in the history');
  });
});
