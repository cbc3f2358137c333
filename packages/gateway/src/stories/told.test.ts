import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SipMessage } from '@unisono/sip';
import { DIRECT_PREFIX, PROVIDER_ADDRESSES } from '../simulation/company.ts';
import type { SimEndpoint } from '../simulation/endpoint.ts';
import { Stage } from './stage.ts';

const OUTSIDE = '030901820';

/** Who passed the call on that rings there, newest first: number, and why. */
function passedOnBy(stage: Stage, endpoint: SimEndpoint): string[] {
  const { invite } = stage.incoming(endpoint);
  const values = 'request' in invite ? invite.request.headers.all('Diversion') : [];
  return values.map((value) => value.replace(/^.*<sip:([^@]+)@.*;reason=([a-z-]+).*$/, '$1 $2'));
}

/** Responses of this status that the gateway sent there. */
function statusesTo(stage: Stage, { address }: SimEndpoint, ...statuses: number[]): SipMessage[] {
  const sent = stage.world.wire.kept.filter(({ direction, peer }) => direction === 'out' && peer === address);
  return sent.map(({ message }) => message).filter((one) => one.kind === 'response' && statuses.includes(one.status));
}

function callDivertedOutside(stage: Stage, ...headers: readonly (readonly [string, string])[]): void {
  stage.provider.call(`${DIRECT_PREFIX}4021`, { number: '+4930901820', name: 'Customer' }, { headers });
  stage.world.advance(500);
}

test('who passed a call on outside is shown inside, unless that is private or poses as one of us', () => {
  const stage = new Stage();
  callDivertedOutside(
    stage,
    ['Diversion', '"Head Office" <sip:+4940112233@10.9.0.1>;reason=no-answer;counter=1'],
    ['Diversion', '<sip:+4940445566@10.9.0.1>;reason=unconditional;privacy=full'],
    ['Diversion', '<sip:4022@10.9.0.1>;reason="x y"'],
    ['Diversion', '<sip:+4940778899@10.9.0.1>;reason="x y"'],
  );
  assert.deepEqual(passedOnBy(stage, stage.benDesk), ['+4940112233 no-answer', '+4940778899 unknown']);
});

test('where the peer writes History-Info, that is read: the last entry is where the call is now', () => {
  const stage = new Stage();
  callDivertedOutside(
    stage,
    ['History-Info', '<sip:+4940112233@x.example>;index=1'],
    ['History-Info', '<sip:+4940445566@x.example?Privacy=history>;index=1.1'],
    ['History-Info', '<sip:+4940778899@x.example?Reason=SIP%3Bcause%3D302>;index=1.1.1;mp=1'],
    ['History-Info', '<sip:+49897774021@x.example>;index=1.1.1.1;mp=1.1'],
  );
  assert.deepEqual(passedOnBy(stage, stage.benDesk), ['+4940778899 unknown', '+4940112233 unknown']);
});

test('everybody who passed a call on is told, the newest first (RFC 5806)', () => {
  const stage = new Stage();
  stage.annaChooses({ routing: 'alternativeNumber', alternativeNumber: '4022' });
  const carla = { noAnswer: 'alternativeNumber', alternativeNumber: '4021', ringSec: 5 } as const;
  stage.world.system.apply({ kind: 'userSettings', user: 'carla', settings: carla });
  stage.provider.call(
    `${DIRECT_PREFIX}4020`,
    { number: '+4930901820' },
    {
      headers: [['Diversion', '<sip:+4940112233@10.9.0.1>;reason=user-busy']],
    },
  );
  stage.world.advance(5_500);
  assert.deepEqual(passedOnBy(stage, stage.benDesk), ['4022 no-answer', '4020 unconditional', '+4940112233 user-busy']);
});

test('outside, too, it is told why a call was sent on', () => {
  const stage = new Stage();
  stage.annaChooses({ noAnswer: 'alternativeNumber', alternativeNumber: OUTSIDE, ringSec: 5 });
  stage.dial(stage.benDesk, '4020');
  stage.world.advance(5_500);
  assert.deepEqual(passedOnBy(stage, stage.provider), [`${DIRECT_PREFIX}4020 no-answer`]);
});

test('a phone that has rung and gives up by itself says that nobody answers, and so does the cause (RFC 3326)', () => {
  for (const status of [408, 480]) {
    const stage = new Stage();
    const call = stage.dial(stage.carlaDesk, '4021');
    stage.reject(stage.benDesk, status);
    assert.deepEqual([call.status, stage.lastResult()], [480, 'noAnswer']);
    const [final] = statusesTo(stage, stage.carlaDesk, 480);
    assert.equal(final?.headers.get('Reason'), 'SIP;cause=408;text="No answer"');
  }
  const stage = new Stage();
  stage.benDesk.ringsAtOnce = false;
  stage.dial(stage.carlaDesk, '4021');
  stage.reject(stage.benDesk, 480);
  assert.equal(stage.lastResult(), 'unreachable');
});

test('after early media of a trunk that then fails, ringing by the next is another dialog: the phone makes its own tone', () => {
  const stage = new Stage();
  const spare = stage.world.provider(PROVIDER_ADDRESSES.spare);
  stage.provider.ringsAtOnce = false;
  const call = stage.dial(stage.benDesk, OUTSIDE);
  stage.provider.ring(stage.incoming(stage.provider), 183, true);
  stage.world.advance(500);
  stage.reject(stage.provider, 503);
  stage.world.advance(500);
  const told = statusesTo(stage, stage.benDesk, 180, 183);
  assert.deepEqual(
    told.map((one) => [one.kind === 'response' && one.status, one.body.length > 0]),
    [
      [183, true],
      [180, false],
    ],
  );
  assert.equal(new Set(told.map(({ to }) => to.tag)).size, 2);
  const answered = stage.answer(spare);
  assert.ok(stage.areConnected(call, answered));
});

test('when the system shuts down, phones in a call are told why they are hung up', () => {
  const stage = new Stage();
  const { in: atBen } = stage.connect(stage.carlaDesk, '4021', stage.benDesk);
  stage.world.gateway.close();
  stage.world.advance(500);
  assert.equal(atBen.endReason, 'SIP;cause=503;text="The system is shutting down"');
});
