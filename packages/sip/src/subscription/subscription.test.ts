import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Payload } from '../dialog/payload.ts';
import type { SipRequest } from '../message/message.ts';
import { ScriptedPeer, Stage, type StageOptions } from '../ua/testing.ts';
import type { AcceptSubscriptionOptions } from './accept.ts';
import type { NotifierSubscription } from './notifier.ts';
import type { SubscribeOptions, SubscriberSubscription, SubscriptionEnd } from './subscriber.ts';

function state(text: string): Payload {
  return { type: 'application/x-state', bytes: Buffer.from(text) };
}

/** Agent a subscribes at b, which tells `now`. */
class Scene {
  readonly stage: Stage;
  readonly told: string[] = [];
  readonly ends: SubscriptionEnd[] = [];
  now = 'first';
  notifier: NotifierSubscription | undefined;
  notifierEnded = 0;
  subscriber: SubscriberSubscription | undefined;

  constructor(options: StageOptions = {}, accept: Partial<AcceptSubscriptionOptions> = {}) {
    this.stage = new Stage(options);
    this.stage.b.onOther = (transaction) => {
      this.notifier = this.stage.b.ua.acceptSubscription(transaction, {
        handler: { currentState: () => state(this.now), onEnded: () => this.notifierEnded++ },
        ...accept,
      });
    };
  }

  subscribe(expiresSec = 600, to: { uri: string; target: SubscribeOptions['hops'][number] } = this.stage.b): this {
    this.subscriber = this.stage.a.ua.subscribe({
      uriText: to.uri,
      from: '<sip:a@10.0.0.1>',
      to: `<${to.uri}>`,
      hops: [to.target],
      event: { package: 'state', id: undefined },
      expiresSec,
      accept: ['application/x-state'],
      contactUser: 'a',
      handler: {
        onNotify: (subscription, payload) =>
          this.told.push(`${subscription.state} ${payload?.bytes.toString() ?? '-'}`),
        onEnded: (_subscription, end) => this.ends.push(end),
      },
    });
    this.stage.run();
    return this;
  }

  stateHeaders(): string[] {
    return this.stage.messages.flatMap(({ message }) =>
      message.kind === 'request' && message.method === 'NOTIFY'
        ? [message.headers.get('Subscription-State') ?? '']
        : [],
    );
  }
}

const ENDED_BY_TIMEOUT = { kind: 'notified', reason: 'timeout', retryAfterSec: undefined };

describe('a subscription (RFC 6665)', () => {
  test('is accepted, told at once and at each change, given up', () => {
    const scene = new Scene().subscribe();
    scene.now = 'second';
    scene.notifier?.changed();
    scene.stage.run();
    scene.subscriber?.unsubscribe();
    scene.stage.run();
    assert.deepEqual(scene.stage.take(), [
      'a>b SUBSCRIBE',
      'b>a 200 SUBSCRIBE',
      'b>a NOTIFY',
      'a>b 200 NOTIFY',
      'b>a NOTIFY',
      'a>b 200 NOTIFY',
      'a>b SUBSCRIBE',
      'b>a 200 SUBSCRIBE',
      'b>a NOTIFY',
      'a>b 200 NOTIFY',
    ]);
    assert.deepEqual(scene.told, ['active first', 'active second', 'terminated second']);
    assert.deepEqual(scene.stateHeaders(), ['active;expires=600', 'active;expires=600', 'terminated;reason=timeout']);
    assert.deepEqual(scene.ends, [ENDED_BY_TIMEOUT]);
    assert.equal(scene.notifierEnded, 1);
    scene.stage.assertNothingLeft();
  });

  test('is refreshed before it runs out, as often as needed', () => {
    const scene = new Scene().subscribe(600);
    scene.stage.run(3_000_000);
    assert.deepEqual(
      scene.stage.times('SUBSCRIBE').map((atMs) => Math.round(atMs / 1_000)),
      [0, 480, 960, 1_440, 1_920, 2_400, 2_880],
    );
    assert.equal(scene.subscriber?.state, 'active');
    scene.subscriber?.unsubscribe();
    scene.stage.assertNothingLeft();
  });

  test('runs out when the subscriber is gone: the last NOTIFY is in vain, nothing is left', () => {
    const scene = new Scene().subscribe(600);
    scene.stage.a.node.vanish();
    scene.stage.a.ua.close();
    scene.stage.run(600_000);
    assert.match(scene.stateHeaders().at(-1) ?? '', /^terminated;reason=timeout/);
    scene.stage.run(33_000);
    assert.equal(scene.notifierEnded, 1);
    scene.stage.assertNothingLeft();
  });

  test('is ended by the notifier, with reason and when to try again', () => {
    const scene = new Scene().subscribe();
    scene.notifier?.terminate('probation', undefined, 30);
    scene.stage.run();
    assert.equal(scene.stateHeaders().at(-1), 'terminated;reason=probation;retry-after=30');
    assert.deepEqual(scene.ends, [{ kind: 'notified', reason: 'probation', retryAfterSec: 30 }]);
    scene.stage.assertNothingLeft();
  });

  test('for 0 seconds fetches the state once', () => {
    const scene = new Scene().subscribe(0);
    assert.deepEqual(scene.told, ['terminated first']);
    assert.deepEqual(scene.ends, [ENDED_BY_TIMEOUT]);
    scene.stage.assertNothingLeft();
  });

  test('is pending until the owner lets it in: until then nothing is told', () => {
    const scene = new Scene({}, { state: 'pending' }).subscribe();
    scene.notifier?.changed();
    scene.stage.run();
    assert.deepEqual(scene.told, ['pending -']);
    scene.notifier?.activate();
    scene.stage.run();
    assert.deepEqual(scene.told, ['pending -', 'active first']);
    scene.subscriber?.unsubscribe();
    scene.stage.assertNothingLeft();
  });

  test('a fetch by somebody who has not been let in tells nothing', () => {
    const scene = new Scene({}, { state: 'pending' }).subscribe(0);
    assert.deepEqual(scene.told, ['terminated -']);
    scene.stage.assertNothingLeft();
  });

  test('changes while a NOTIFY is under way are told by one more, in the newest state', () => {
    const scene = new Scene({ delayMs: 50 }).subscribe();
    scene.stage.run(200);
    const order: string[] = [];
    for (const text of ['second', 'third', 'fourth']) {
      scene.now = text;
      scene.notifier?.changed(() => order.push(text));
    }
    scene.stage.run(400);
    assert.deepEqual(scene.told, ['active first', 'active second', 'active fourth']);
    assert.deepEqual(order, ['second', 'third', 'fourth']);
    scene.subscriber?.unsubscribe();
    scene.stage.assertNothingLeft();
  });

  test('too short a time is refused 423, and asked for again with the time that is granted', () => {
    const scene = new Scene({}, { intervals: { defaultSec: 600, minSec: 300, maxSec: 400 } }).subscribe(100);
    assert.deepEqual(scene.stage.take().slice(0, 4), [
      'a>b SUBSCRIBE',
      'b>a 423 SUBSCRIBE',
      'a>b SUBSCRIBE',
      'b>a 200 SUBSCRIBE',
    ]);
    assert.equal(scene.stage.last('200 SUBSCRIBE').headers.get('Expires'), '300');
    scene.subscriber?.unsubscribe();
    scene.stage.assertNothingLeft();
  });

  test('a NOTIFY that overtakes the 200 makes the dialog', () => {
    const scene = new Scene();
    const { stage } = scene;
    const peer = new ScriptedPeer(stage);
    scene.subscribe(600, peer);
    const [subscribe] = peer.requests('SUBSCRIBE') as [SipRequest];
    const headers = ['Event: state', 'Subscription-State: active;expires=500'];
    peer.inDialog(subscribe, 'NOTIFY', 1, headers, state('early'));
    assert.deepEqual(scene.told, ['active early']);
    assert.equal(stage.a.ua.snapshot().subscriptions[0]?.expiresInSec, 500);
    peer.reply(subscribe, 200, { headers: ['Expires: 600'] });
    assert.equal(stage.a.ua.dialogs.size, 1);
    // Somebody else's fork is turned away: one dialog is enough (RFC 6665 §5.4.9).
    peer.inDialog(subscribe, 'NOTIFY', 1, headers, state('other'), 'other-fork');
    assert.deepEqual(scene.told, ['active early']);
    assert.match(stage.take().at(-1) ?? '', /481 NOTIFY/);
    peer.inDialog(subscribe, 'NOTIFY', 2, ['Event: state', 'Subscription-State: terminated;reason=noresource']);
    assert.equal(scene.ends.length, 1);
    stage.assertNothingLeft();
  });

  test('a 2xx that no NOTIFY follows is worth nothing (Timer N)', () => {
    const scene = new Scene();
    const { stage } = scene;
    const peer = new ScriptedPeer(stage);
    scene.subscribe(600, peer);
    peer.reply(peer.requests('SUBSCRIBE')[0] as SipRequest, 200, { headers: ['Expires: 600'] });
    stage.run(33_000);
    assert.deepEqual(scene.ends, [{ kind: 'failed', failure: 'no-notify' }]);
    stage.assertNothingLeft();
  });

  test('refused: the owner hears it', () => {
    const scene = new Scene();
    scene.stage.b.onOther = (transaction) => scene.stage.b.ua.respond(transaction, 489);
    scene.subscribe();
    assert.equal(scene.ends[0]?.kind, 'refused');
    scene.stage.assertNothingLeft();
  });

  test('a refresh that meets 481 ends it', () => {
    const scene = new Scene().subscribe(600);
    const { stage } = scene;
    scene.notifier?.drop();
    stage.run(480_000);
    assert.match(stage.take().at(-1) ?? '', /481 SUBSCRIBE/);
    assert.equal(scene.ends[0]?.kind, 'refused');
    stage.assertNothingLeft();
  });

  test('a refresh that meets 503 is tried again after Retry-After; when none succeeds the time runs out', () => {
    const scene = new Scene();
    const { stage } = scene;
    const peer = new ScriptedPeer(stage);
    scene.subscribe(600, peer);
    const [subscribe] = peer.requests('SUBSCRIBE') as [SipRequest];
    peer.reply(subscribe, 200, { headers: ['Expires: 600'] });
    peer.inDialog(subscribe, 'NOTIFY', 1, ['Event: state', 'Subscription-State: active']);
    peer.heard.answer = (message) => {
      if (message.kind === 'request' && message.method === 'SUBSCRIBE') {
        stage.clock.startTimer(0, { onTimer: () => peer.reply(message, 503, { headers: ['Retry-After: 50'] }) }, '');
      }
    };
    stage.clear();
    stage.run(610_000);
    assert.deepEqual(
      stage.times('SUBSCRIBE').map((atMs) => Math.round(atMs / 1_000)),
      [480, 530, 580],
    );
    assert.deepEqual(scene.ends, [{ kind: 'failed', failure: 'expired' }]);
    stage.assertNothingLeft();
  });

  test('a NOTIFY that meets 481 ends it at the notifier', () => {
    const scene = new Scene().subscribe(600);
    scene.subscriber?.drop();
    scene.notifier?.changed();
    scene.stage.run();
    assert.match(scene.stage.take().at(-1) ?? '', /481 NOTIFY/);
    assert.equal(scene.notifierEnded, 1);
    scene.stage.assertNothingLeft();
  });

  test('what makes no sense is refused: no Subscription-State 400, another event 481, no Event 400', () => {
    const scene = new Scene().subscribe(600);
    const { stage } = scene;
    const notify = (headers: [string, string][]) => {
      scene.notifier?.live.send('NOTIFY', { headers }, { onResponse() {}, onFailure() {} });
      stage.run();
      return stage.take().at(-1);
    };
    assert.match(notify([['Event', 'state']]) ?? '', /400 NOTIFY/);
    assert.match(
      notify([
        ['Event', 'state;id=7'],
        ['Subscription-State', 'active'],
      ]) ?? '',
      /481 NOTIFY/,
    );
    assert.match(
      notify([
        ['Event', 'other'],
        ['Subscription-State', 'active'],
      ]) ?? '',
      /481 NOTIFY/,
    );
    scene.subscriber?.unsubscribe();
    stage.run();
    stage.a.ua.request(
      () =>
        stage.a.ua.newRequest({
          method: 'SUBSCRIBE',
          uriText: stage.b.uri,
          from: '<sip:a@10.0.0.1>;tag=1',
          to: '<sip:b@10.0.0.2>',
          callId: 'x',
          sequence: 1,
          headers: [['Contact', '<sip:a@10.0.0.1>']],
        }),
      [stage.b.target],
      { onResponse() {}, onFailure() {} },
    );
    stage.run();
    assert.match(stage.take().at(-1) ?? '', /400 SUBSCRIBE/);
    stage.assertNothingLeft();
  });

  test('lives on with a network that loses and doubles, and leaves nothing', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const scene = new Scene({ seed, loss: 0.25, duplicate: 0.2, reorder: 0.2, delayMs: [1, 80] }).subscribe(300);
      for (const text of ['second', 'third', 'last']) {
        scene.stage.run(60_000);
        scene.now = text;
        scene.notifier?.changed();
      }
      scene.stage.run(60_000);
      if (scene.subscriber?.state === 'active') assert.equal(scene.told.at(-1), 'active last', `seed ${seed}`);
      scene.subscriber?.unsubscribe();
      scene.stage.assertNothingLeft();
      assert.equal(scene.ends.length, 1, `seed ${seed}`);
    }
  });

  test('snapshot shows both sides', () => {
    const scene = new Scene().subscribe(600);
    scene.stage.run(100_000);
    const [mine] = scene.stage.a.ua.snapshot().subscriptions;
    const [theirs] = scene.stage.b.ua.snapshot().subscriptions;
    assert.deepEqual(
      [mine?.side, mine?.event, mine?.state, mine?.expiresInSec],
      ['subscriber', 'state', 'active', 500],
    );
    assert.deepEqual([theirs?.side, theirs?.state, theirs?.expiresInSec], ['notifier', 'active', 500]);
    assert.equal(theirs?.peer, 'sip:a@10.0.0.1:5060');
    scene.subscriber?.unsubscribe();
    scene.stage.assertNothingLeft();
  });
});
