import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SipEnding } from '../sip/sip-port.ts';
import { callEnd, type Intent } from './call-end.ts';
import { forwardedFrom } from './forwarded.ts';
import { readReasons } from './reason.ts';

const RINGING = { direction: 'incoming', phase: 'incoming' } as const;
const ANSWERED = { direction: 'incoming', phase: 'active', answeredAtMs: 1 } as const;
const CALLING = { direction: 'outgoing', phase: 'alerting' } as const;
const cancel = (...reasons: string[]): SipEnding => ({ by: 'there', how: 'cancel', reasons });
const response = (status: number, ...reasons: string[]): SipEnding => ({
  by: 'there',
  how: 'response',
  status,
  reasons,
});
const bye = (...reasons: string[]): SipEnding => ({ by: 'there', how: 'bye', reasons });

describe('why a call ended', () => {
  const CASES: [
    string,
    Parameters<typeof callEnd>[0],
    Intent | undefined,
    SipEnding,
    reason: string,
    isMissed: boolean,
  ][] = [
    ['the caller gave up', RINGING, undefined, cancel(), 'cancelled', true],
    [
      'answered elsewhere (RFC 3326 §2)',
      RINGING,
      undefined,
      cancel('SIP;cause=200;text="Call completed elsewhere"'),
      'answeredElsewhere',
      false,
    ],
    [
      'declined elsewhere',
      RINGING,
      undefined,
      cancel('SIP;cause=603;text="Declined on another device"'),
      'declinedElsewhere',
      false,
    ],
    ['busy elsewhere', RINGING, undefined, cancel('SIP;cause=486;text="Busy"'), 'declinedElsewhere', false],
    ['sent on elsewhere', RINGING, undefined, cancel('SIP ;cause=302 ;text="Moved"'), 'deflectedElsewhere', false],
    ['nobody answered in time', RINGING, undefined, cancel('SIP;cause=408;text="No answer"'), 'noAnswer', true],
    ['nobody answered, as ISDN says it', RINGING, undefined, cancel('Q.850;cause=19'), 'noAnswer', true],
    [
      'declined here',
      RINGING,
      'decline',
      { by: 'here', how: 'response', status: 603, reasons: [] },
      'declinedHere',
      false,
    ],
    [
      'sent on from here',
      RINGING,
      'deflect',
      { by: 'here', how: 'response', status: 302, reasons: [] },
      'deflectedHere',
      false,
    ],
    [
      'broken while it was being answered',
      { ...RINGING, phase: 'answering' },
      undefined,
      { by: 'system', how: 'media', reasons: [] },
      'failed',
      false,
    ],
    [
      'no line to the outside',
      CALLING,
      undefined,
      {
        by: 'there',
        how: 'response',
        status: 404,
        detail: 'No route to this number',
        reasons: ['SIP;cause=404;text="No route to this number"'],
      },
      'noLine',
      false,
    ],
    ['the other side hung up', ANSWERED, undefined, bye(), 'hungUpThere', false],
    ['hung up here', ANSWERED, 'hangUp', { by: 'here', how: 'bye', reasons: [] }, 'hungUpHere', false],
    [
      'taken over by another device',
      ANSWERED,
      undefined,
      bye('SIP;cause=200;text="Call completed elsewhere"'),
      'moved',
      false,
    ],
    ['transferred', ANSWERED, 'transferred', bye(), 'transferred', false],
    [
      'put out of a conference',
      ANSWERED,
      undefined,
      bye('SIP;cause=200;text="Removed from the conference"'),
      'removed',
      false,
    ],
    [
      'the last of a conference',
      ANSWERED,
      undefined,
      bye('SIP;cause=200;text="Conference ended"'),
      'conferenceOver',
      false,
    ],
    ['joined a conference', ANSWERED, 'merged', bye('SIP;cause=200;text="Joined a conference"'), 'merged', false],
    ['the system broke it', ANSWERED, undefined, bye('SIP;cause=503;text="Media lost"'), 'failed', false],
    ['the media broke', ANSWERED, undefined, { by: 'system', how: 'media', reasons: [] }, 'failed', false],
    [
      'given up here before the answer',
      CALLING,
      'hangUp',
      { by: 'here', how: 'cancel', reasons: [] },
      'cancelled',
      false,
    ],
    ['busy', CALLING, undefined, response(486), 'busy', false],
    ['busy everywhere', CALLING, undefined, response(600), 'busy', false],
    ['declined', CALLING, undefined, response(603), 'declined', false],
    ['no such number', CALLING, undefined, response(404), 'notFound', false],
    ['not allowed', CALLING, undefined, response(403), 'refused', false],
    ['no phone reached', CALLING, undefined, response(480), 'unreachable', false],
    [
      'no answer, said by the reason',
      CALLING,
      undefined,
      response(480, 'SIP;cause=408;text="No answer"'),
      'noAnswer',
      false,
    ],
    ['overload', CALLING, undefined, response(503), 'failed', false],
    [
      'no answer to the INVITE at all',
      CALLING,
      undefined,
      { by: 'system', how: 'timeout', reasons: [] },
      'failed',
      false,
    ],
    ['the connection broke', CALLING, undefined, { by: 'system', how: 'connection', reasons: [] }, 'failed', false],
  ];
  for (const [name, call, intent, ending, reason, isMissed] of CASES)
    test(`${name}: ${reason}${isMissed ? ', missed' : ''}`, () => {
      const end = callEnd(call, intent, ending);
      assert.deepEqual([end.reason, end.isMissed], [reason, isMissed]);
    });
});

describe('Reason header fields (RFC 3326)', () => {
  test('several values, quoted commas and semicolons, protocols in any case', () => {
    assert.deepEqual(readReasons(['SIP ;cause=200 ;text="Call; completed, elsewhere", q.850;cause=16', 'preemption']), [
      { protocol: 'SIP', cause: 200, text: 'Call; completed, elsewhere', answeredOn: undefined },
      { protocol: 'Q.850', cause: 16, text: undefined, answeredOn: undefined },
      { protocol: 'PREEMPTION', cause: undefined, text: undefined, answeredOn: undefined },
    ]);
  });
  test('our phone system says on what kind of device it was answered', () => {
    const reason = 'SIP;cause=200;text="Call completed elsewhere";answered-on=desk';
    assert.equal(callEnd(RINGING, undefined, cancel(reason)).answeredOn, 'desk');
    assert.equal(callEnd(RINGING, undefined, cancel('SIP;cause=200')).answeredOn, undefined);
  });
  test('what is no reason gives none, and never throws', () => {
    for (const value of ['', ';', ',,,', '"', 'SIP;cause=', 'SIP;cause=abc;text="', '<;,>'])
      assert.ok(
        readReasons([value]).every(({ cause }) => cause === undefined),
        value,
      );
  });
});

describe('who passed a call on', () => {
  const CASES: [string, string[], string[], { number?: string; name?: string }[]][] = [
    [
      'Diversion, newest first (RFC 5806)',
      ['"Ben" <sip:4021@x>;reason=no-answer', '<sip:4000@x>;reason=unconditional'],
      [],
      [{ number: '4021', name: 'Ben' }, { number: '4000' }],
    ],
    [
      'several in one field',
      ['<sip:4021@x>;reason=busy, <tel:+4930123>'],
      [],
      [{ number: '4021' }, { number: '+4930123' }],
    ],
    ['who does not want to be named is not', ['"Ben" <sip:4021@x>;privacy=full'], [], []],
    [
      'History-Info, oldest first (RFC 7044): the last is where the call is',
      [],
      ['<sip:4000@x>;index=1', '<sip:4021@x?Reason=SIP%3Bcause%3D486>;index=1.1, <sip:4020@x>;index=1.2'],
      [{ number: '4021' }, { number: '4000' }],
    ],
    ['a hidden entry', [], ['<sip:4000@x?Privacy=history>;index=1', '<sip:4020@x>;index=1.1'], []],
    ['nothing', [], [], []],
  ];
  for (const [name, diversions, histories, parties] of CASES)
    test(name, () => assert.deepEqual(forwardedFrom(diversions, histories), parties));
});
