import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SipResponse } from '../message/message.ts';
import type { Session } from '../session/session.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { Stage } from '../ua/testing.ts';
import type { ReferSubscription } from './refer-subscription.ts';
import { parseSipfrag, sipfragPayload } from './sipfrag.ts';

/** A call in which a has sent a REFER that b has taken. */
function referred(headers: readonly (readonly [string, string])[] = []) {
  const stage = new Stage();
  const { caller, callee } = stage.connect();
  let subscription: ReferSubscription | undefined;
  stage.b.party.hooks.onRequest = (session: Session, request: ServerTransaction) => {
    subscription = session.acceptRefer(request);
  };
  const heard: string[] = [];
  caller.refer({
    referTo: '<sip:c@10.0.0.3>',
    headers,
    handler: {
      onAnswer: (outcome) => heard.push(`answer ${typeof outcome === 'object' ? outcome.status : outcome}`),
      onProgress: ({ status, reason }) => heard.push(`${status} ${reason}`),
      onEnded: () => heard.push('ended'),
    },
  });
  stage.run();
  return { stage, caller, callee, heard, subscription: subscription as ReferSubscription };
}

describe('REFER and its subscription (RFC 3515)', () => {
  test('the one who refers hears how it goes, until the final status', () => {
    const { stage, caller, heard, subscription } = referred();
    subscription.notify(100, 'Trying');
    stage.run();
    subscription.notify(180, 'Ringing');
    stage.run();
    let told = 0;
    subscription.notify(200, 'OK', () => told++);
    stage.run();
    assert.deepEqual(heard, ['answer 202', '100 Trying', '180 Ringing', '200 OK', 'ended']);
    assert.equal(told, 1);
    const notify = stage.last('NOTIFY');
    assert.match(notify.headers.get('Event') ?? '', /^refer;id=\d+$/);
    assert.equal(notify.headers.get('Subscription-State'), 'terminated;reason=noresource');
    assert.equal(notify.headers.get('Content-Type'), 'message/sipfrag;version=2.0');
    caller.bye();
    stage.assertNothingLeft();
  });

  test('the subscription outlives the session in its dialog (RFC 5057 §3.1)', () => {
    const { stage, caller, callee, heard, subscription } = referred();
    subscription.notify(100, 'Trying');
    stage.run();
    caller.bye();
    stage.run();
    assert.equal(callee.phase, 'terminated');
    assert.equal(stage.a.ua.dialogs.size, 1);
    subscription.notify(486, 'Busy Here');
    stage.run();
    assert.deepEqual(heard, ['answer 202', '100 Trying', '486 Busy Here', 'ended']);
    assert.equal(stage.a.ua.dialogs.size, 0);
    stage.assertNothingLeft();
  });

  test('a response that says the dialog is lost ends the session and the subscription in it', () => {
    const { stage, caller, callee, heard } = referred();
    caller.request('UPDATE', {}, () => {});
    stage.run();
    assert.equal(stage.b.ua.snapshot().subscriptions.length, 1);
    callee.sufferFate('UPDATE', new SipResponse(404, 'Not Found'));
    assert.deepEqual(stage.b.party.events, ['refer', 'ended dialog-gone']);
    assert.equal(stage.b.ua.snapshot().subscriptions.length, 0);
    assert.equal(stage.b.ua.dialogs.size, 0);
    stage.run(300_000);
    assert.equal(heard.at(-1), 'ended');
    stage.assertNothingLeft();
  });

  test('Refer-Sub: false: no subscription, no NOTIFY (RFC 4488)', () => {
    const { stage, caller, heard, subscription } = referred([['Refer-Sub', 'false']]);
    let told = 0;
    subscription.notify(200, 'OK', () => told++);
    stage.run();
    assert.equal(subscription.isWanted, false);
    assert.equal(told, 1);
    assert.deepEqual(stage.take(), ['a>b REFER', 'b>a 202 REFER']);
    assert.equal(stage.last('202').headers.get('Refer-Sub'), 'false');
    assert.deepEqual(heard, ['answer 202', 'ended']);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('what is never finished ends after three minutes', () => {
    const { stage, caller, heard, subscription } = referred();
    subscription.notify(100, 'Trying');
    stage.run(181_000);
    assert.match(stage.last('NOTIFY').headers.get('Subscription-State') ?? '', /^terminated;reason=timeout/);
    assert.equal(heard.at(-1), 'ended');
    caller.bye();
    stage.assertNothingLeft();
  });

  test('refused, or never heard of again: the one who referred waits no longer', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    stage.b.party.hooks.onRequest = (_session, request) => request.reply(603);
    const heard: string[] = [];
    const handler = {
      onAnswer: (outcome: unknown) => heard.push(`answer ${(outcome as { status: number }).status}`),
      onEnded: () => heard.push('ended'),
    };
    caller.refer({ referTo: '<sip:c@10.0.0.3>', handler });
    stage.run();
    assert.deepEqual(heard.splice(0), ['answer 603', 'ended']);
    stage.b.party.hooks.onRequest = (_session, request) => request.reply(202);
    caller.refer({ referTo: '<sip:c@10.0.0.3>', handler });
    stage.run(241_000);
    assert.deepEqual(heard, ['answer 202', 'ended']);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('two REFERs in one dialog are told apart by id', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    const subscriptions: ReferSubscription[] = [];
    stage.b.party.hooks.onRequest = (session, request) => void subscriptions.push(session.acceptRefer(request));
    const heard: string[] = [];
    for (const name of ['one', 'two']) {
      const onProgress = ({ status }: { status: number }) => heard.push(`${name} ${status}`);
      caller.refer({ referTo: '<sip:c@10.0.0.3>', handler: { onAnswer() {}, onProgress } });
      stage.run();
    }
    subscriptions[1]?.notify(200, 'OK');
    subscriptions[0]?.notify(503, 'Service Unavailable');
    stage.run();
    assert.deepEqual(heard, ['two 200', 'one 503']);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('outside a session it makes a dialog of its own', () => {
    const stage = new Stage();
    stage.b.onOther = (transaction) => stage.b.ua.acceptRefer(transaction)?.notify(200, 'OK');
    const { ua } = stage.a;
    ua.request(
      (hop) =>
        ua.newRequest({
          method: 'REFER',
          uriText: stage.b.uri,
          from: '<sip:a@10.0.0.1>;tag=1',
          to: '<sip:b@10.0.0.2>',
          callId: 'refer-1',
          sequence: 1,
          headers: [
            ['Contact', ua.contactFor(hop, 'a')],
            ['Refer-To', '<sip:c@10.0.0.3>'],
          ],
        }),
      [stage.b.target],
      { onResponse() {}, onFailure() {} },
    );
    stage.run();
    assert.deepEqual(stage.take().slice(0, 3), ['a>b REFER', 'b>a 202 REFER', 'b>a NOTIFY']);
    assert.equal(stage.last('202').to.tag, stage.last('NOTIFY').from.tag);
    stage.assertNothingLeft();
  });
});

describe('sipfrag', () => {
  test('is printed and read back, and cannot carry a second line', () => {
    assert.deepEqual(parseSipfrag(sipfragPayload({ status: 180, reason: 'Ringing' })), {
      status: 180,
      reason: 'Ringing',
    });
    assert.deepEqual(parseSipfrag(sipfragPayload({ status: 603, reason: 'Nein, danke – später' })), {
      status: 603,
      reason: 'Nein, danke – später',
    });
    const evil = sipfragPayload({ status: 200, reason: 'OK\r\nContact: <sip:x>' });
    assert.equal(evil.bytes.toString().split('\r\n').length, 2);
  });

  for (const [name, type, text] of [
    ['another type', 'text/plain', 'SIP/2.0 200 OK'],
    ['no status line', 'message/sipfrag', 'INVITE sip:x SIP/2.0'],
    ['no such status', 'message/sipfrag', 'SIP/2.0 700 OK'],
  ] as const) {
    test(`${name} is none`, () => assert.equal(parseSipfrag({ type, bytes: Buffer.from(text) }), undefined));
  }
});
