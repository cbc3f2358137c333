import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type CallSettings, ENDPOINTS, type UpBody } from '@unisono/contract';
import { revokeKey } from '../tenants/tenants.ts';
import { down, hello, pollLink, type TestLink, up, webSocketLink } from '../testing/assistant.ts';
import { connected, type Person } from '../testing/people.ts';
import { Stage, type TenantKeys } from '../testing/stage.ts';

const SETTINGS: CallSettings = {
  routing: 'default',
  busy: 'default',
  noAnswer: 'none',
  ringOrder: { order: 'simultaneous' },
  earlierAlternativeNumbers: [],
};

const historyOf = (userId: string, entryId: string): UpBody => ({
  kind: 'historyEntry',
  userId,
  entry: {
    entryId,
    callId: 'k1',
    direction: 'incoming',
    party: { number: '4021', name: 'Ben' },
    startedAtMs: 1,
    endedAtMs: 2,
    result: 'noAnswer',
  },
});

for (const [carrier, open] of [
  ['WebSocket', webSocketLink],
  ['long poll', pollLink],
] as const) {
  describe(`the link over ${carrier}`, () => {
    let stage: Stage;
    let tenant: TenantKeys;
    let anna: Person;
    let link: TestLink;
    let ourSeq = 0;

    before(async () => {
      stage = await Stage.open();
      tenant = await stage.tenant('lindner');
      anna = await connected(stage, tenant, 'anna', '4020');
      link = await open(stage, tenant.assistant);
    });
    after(async () => {
      await link.close();
      await stage.close();
    });

    it('begins with hello and welcome, and tells what is waiting', async () => {
      link.send(hello());
      const welcome = await link.next('welcome');
      assert.deepEqual(
        [welcome.version, welcome.system, welcome.tenant, welcome.received],
        [1, 'main', tenant.tenantId, { outbox: 'a1', seq: 0 }],
      );
      const told = await link.next('message');
      assert.equal(down(told).kind, 'usersChanged');
      ourSeq = told.seq;
      link.send({ type: 'ack', outbox: welcome.outbox, seq: told.seq });
    });

    it('carries a wish down and the decision up; it is pending in between', async () => {
      const wish = await stage.get(ENDPOINTS.changeSettings, { as: anna.token, body: { routing: 'clientsOnly' } });
      assert.equal(wish.state, 'sent');
      const told = await link.next('message');
      assert.ok(told.seq > ourSeq);
      const body = down(told);
      assert.deepEqual(body, {
        kind: 'settingsChange',
        changeId: wish.changeId,
        userId: anna.userId,
        patch: { routing: 'clientsOnly' },
        requestedAtMs: stage.clock.nowMs(),
      });
      const before = await stage.get(ENDPOINTS.settings, { as: anna.token });
      assert.deepEqual([before.settings, before.pending.length, before.link.isOnline], [undefined, 1, true]);
      const settings = { ...SETTINGS, routing: 'clientsOnly' as const };
      const inForce = { userId: anna.userId, version: 1, settings, changedAtMs: 5, origin: 'client' };
      const preview = { en: ['A call now would ring the clients.'], de: ['Ein Anruf läutete jetzt bei den Clients.'] };
      link.send(
        up(1, {
          kind: 'settingsResult',
          changeId: wish.changeId,
          userId: anna.userId,
          outcome: 'applied',
          inForce: { ...inForce, preview },
        }),
      );
      assert.deepEqual(await link.next('ack'), { type: 'ack', outbox: 'a1', seq: 1 });
      const view = await stage.get(ENDPOINTS.settings, { as: anna.token });
      assert.deepEqual([view.settings, view.pending, view.rejected, view.preview], [settings, [], undefined, preview]);
    });

    it('says why a wish was not followed, until another one is', async () => {
      const wish = await stage.get(ENDPOINTS.changeSettings, { as: anna.token, body: { alternativeNumber: '999' } });
      const message = 'This number does not exist.';
      link.send(
        up(2, {
          kind: 'settingsResult',
          changeId: wish.changeId,
          userId: anna.userId,
          outcome: 'refused',
          code: 'alternativeNumberUnknown',
          message,
        }),
      );
      await link.next('ack');
      const view = await stage.get(ENDPOINTS.settings, { as: anna.token });
      assert.deepEqual([view.rejected?.message, view.rejected?.state], [message, 'refused']);
      assert.equal(
        (await stage.get(ENDPOINTS.settingsChange, { as: anna.token, params: { changeId: wish.changeId } })).state,
        'refused',
      );
    });

    it('takes what comes twice once', async () => {
      link.send(
        up(3, historyOf(anna.userId, 'h1')),
        up(3, historyOf(anna.userId, 'h1')),
        up(2, historyOf(anna.userId, 'h0')),
      );
      let acked = 0;
      while (acked < 3) acked = (await link.next('ack')).seq;
      const { entries, unseenMissed } = await stage.get(ENDPOINTS.history, { as: anna.token });
      assert.deepEqual([entries.map(({ entryId }) => entryId), unseenMissed], [['h1'], 1]);
    });

    it('refuses what it never can take, and goes on', async () => {
      link.send(up(4, historyOf('u-nobody', 'h2')), up(5, historyOf(anna.userId, 'h3')));
      assert.deepEqual(await link.next('refused').then(({ seq, code }) => [seq, code]), [4, 'notFound']);
      let acked = 0;
      while (acked < 5) acked = (await link.next('ack')).seq;
      const { entries } = await stage.get(ENDPOINTS.history, { as: anna.token });
      assert.deepEqual(new Set(entries.map(({ entryId }) => entryId)), new Set(['h1', 'h3']));
    });

    it('passes over kinds that a newer Assistant has', async () => {
      link.send(up(6, { kind: 'ofALaterVersion', userId: 7 } as unknown as UpBody), { type: 'ping', sentAtMs: 7 });
      assert.equal((await link.next('ack')).seq, 6);
      assert.deepEqual(await link.next('pong'), { type: 'pong', sentAtMs: 7, atMs: stage.clock.nowMs() });
    });

    it('asks the phone system what a call would do', async () => {
      const asked = stage.get(ENDPOINTS.previewSettings, { as: anna.token, body: { routing: 'deskPhoneOnly' } });
      const question = await link.next('question');
      assert.deepEqual(question.body, { kind: 'preview', userId: anna.userId, patch: { routing: 'deskPhoneOnly' } });
      const preview = { en: ['A call now would ring the desk phone.'], de: ['…'] };
      link.send({ type: 'answer', id: question.id, body: { kind: 'preview', preview } });
      assert.deepEqual(await asked, preview);
    });

    it('says so when the phone system does not answer', async () => {
      const asked = stage.refusal(ENDPOINTS.previewSettings, { as: anna.token, body: { busy: 'default' } });
      await link.next('question');
      stage.clock.pass(4000);
      assert.equal((await asked).code, 'systemOffline');
    });

    it('tells again what was not acknowledged, and keeps what is said meanwhile', async () => {
      await link.close();
      while ((await stage.get(ENDPOINTS.settings, { as: anna.token })).link.isOnline) await new Promise(setImmediate);
      const wish = await stage.get(ENDPOINTS.changeSettings, { as: anna.token, body: { busy: 'busySignal' } });
      assert.equal(wish.state, 'queued');
      link = await open(stage, tenant.assistant);
      link.send(hello('a1'));
      const welcome = await link.next('welcome');
      assert.deepEqual(welcome.received, { outbox: 'a1', seq: 6 });
      const patches: unknown[] = [];
      while (patches.length < 3) {
        const body = down(await link.next('message'));
        if (body.kind === 'settingsChange') patches.push(body.patch);
      }
      assert.deepEqual(patches, [{ routing: 'clientsOnly' }, { alternativeNumber: '999' }, { busy: 'busySignal' }]);
    });

    it('begins anew with an Assistant that has lost its memory', async () => {
      await link.close();
      link = await open(stage, tenant.assistant);
      link.send(hello('a2'), up(1, historyOf(anna.userId, 'h4')));
      assert.deepEqual((await link.next('welcome')).received, { outbox: 'a2', seq: 0 });
      assert.deepEqual(await link.next('ack'), { type: 'ack', outbox: 'a2', seq: 1 });
    });

    it('gives way to a newer link of the same system', async () => {
      const newer = await open(stage, tenant.assistant);
      newer.send(hello('a2'));
      await newer.next('welcome');
      stage.clock.pass(2000);
      assert.equal((await link.next('bye')).code, 'replaced');
      assert.equal((await stage.get(ENDPOINTS.settings, { as: anna.token })).link.isOnline, true);
      link = newer;
    });

    it('speaks no version that the other side does not', async () => {
      const old = await open(stage, tenant.assistant);
      old.send({ ...hello('a2'), versions: [99] });
      assert.equal((await old.next('bye')).code, 'unsupportedVersion');
      await old.close();
    });

    it('ends with its key', async () => {
      const { keys } = await stage.get(ENDPOINTS.listKeys, { as: tenant.admin });
      const keyId = keys.find(({ scope }) => scope === 'assistant')?.keyId ?? '';
      await revokeKey(stage.connector.context, tenant.tenantId, keyId, 'operator');
      if (carrier === 'WebSocket') assert.equal((await link.next('bye')).code, 'notAllowed');
      else
        assert.equal(
          (await stage.refusal(ENDPOINTS.pollLink, { as: tenant.assistant, body: { frames: [] } })).code,
          'notSignedIn',
        );
    });
  });
}

describe('a link that nothing is heard of', () => {
  it('is ended, and shown as down', async () => {
    const stage = await Stage.open();
    const tenant = await stage.tenant('lindner');
    const anna = await connected(stage, tenant, 'anna', '4020');
    const link = await webSocketLink(stage, tenant.assistant);
    link.send(hello());
    await link.next('welcome');
    stage.clock.pass(60_000);
    assert.equal((await link.next('bye')).code, 'silence');
    while ((await stage.get(ENDPOINTS.settings, { as: anna.token })).link.isOnline) await new Promise(setImmediate);
    await stage.close();
  });
});
