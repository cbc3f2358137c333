import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import { after, before, test } from 'node:test';
import { newVapidKeys, webPushSender } from '@unisono/connector';
import { testFolder } from '../testing/folder.ts';
import { issued } from '../testing/issued.ts';
import { PushService } from '../testing/push-service.ts';

const SUBJECT = 'mailto:operator@example.com';
const vapid = newVapidKeys();
const folder = testFolder();
let service: PushService;
let sender: ReturnType<typeof webPushSender>;

before(async () => {
  const certificate = await issued(folder, 'push');
  service = await PushService.start(certificate, vapid.publicKey);
  const agent = new Agent({ ca: certificate.authority });
  sender = webPushSender(vapid, SUBJECT, { ownNames: ['127.0.0.1'], agent });
});
after(() => service.close());

const message = { payload: '{"kind":"incomingCall"}', ttlSec: 30, urgency: 'high', topic: 'call-1' } as const;

test('a push service takes what is signed with our key, and the client behind it reads what was sent', async () => {
  assert.equal(await sender.send(service.subscription, message), 'taken');
  const [got] = service.delivered;
  assert.deepEqual([got?.payload, got?.ttl, got?.urgency, got?.topic], [message.payload, '30', 'high', 'call-1']);
  const origin = new URL(service.subscription.endpoint).origin;
  assert.deepEqual([got?.claims.aud, got?.claims.sub], [origin, SUBJECT]);
  const aheadSec = (got?.claims.exp ?? 0) - Date.now() / 1000;
  assert.ok(aheadSec > 0 && aheadSec <= 86_400, `RFC 8292 §2: at most a day, and it is ${aheadSec} s`);
});

test('another application server is refused, and the subscription counts as ended', async () => {
  const agent = new Agent({ rejectUnauthorized: false });
  const stranger = webPushSender(newVapidKeys(), SUBJECT, { ownNames: ['127.0.0.1'], agent });
  assert.equal(await stranger.send(service.subscription, message), 'gone');
  assert.equal(service.delivered.length, 1);
});

for (const [status, outcome] of [
  [410, 'gone'],
  [404, 'gone'],
  [429, 'later'],
  [503, 'later'],
] as const) {
  test(`a push service that answers ${status}: ${outcome}`, async () => {
    service.status = status;
    assert.equal(await sender.send(service.subscription, message), outcome);
  });
}

test('who writes a subscription does not reach into our own network', async () => {
  const guarded = webPushSender(vapid, SUBJECT);
  assert.equal(await guarded.send(service.subscription, message), 'gone');
});
