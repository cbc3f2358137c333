// Each check is shown what must not be, and must say so; and what is right, and must be silent.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { demoSystem } from '@unisono/pbx';
import { parseMessage, SeededRandom } from '@unisono/sip';
import type { CallRecord } from '../../ports.ts';
import { CallBook } from '../call-book.ts';
import { simulatedCompany } from '../company.ts';
import { Directory } from '../directory.ts';
import { MemorySystem, RecordLedger } from '../stores.ts';
import type { WireMessage } from '../wire.ts';
import { acknowledged } from './acknowledgements.ts';
import type { Check, CheckContext } from './check.ts';
import { oneSession } from './descriptions.ts';
import { dialogRules } from './dialogs.ts';
import { oneWinner } from './forks.ts';
import { messageForm } from './message-form.ts';
import { numbersAndHops } from './numbers.ts';
import { truthfulRecords } from './records.ts';
import { oneRingback } from './ringback.ts';
import { secretsKept } from './secrets.ts';
import { answeredOnce, ownBranches } from './transactions.ts';
import { userCalls } from './user-calls.ts';

const [ANNA_DESK, ANNA_CLIENT, BEN_DESK] = ['10.0.0.20', '10.0.0.30', '10.0.0.21'];
const system = new MemorySystem(simulatedCompany(demoSystem({ random: new SeededRandom(1) })));
const ledger = new RecordLedger();

function directory(): Directory {
  const made = new Directory(() => system.current());
  made.addPhone(ANNA_DESK, '4020');
  made.addPhone(ANNA_CLIENT, 'anna-clients');
  made.addPhone(BEN_DESK, '4021');
  return made;
}

interface Step {
  readonly way: 'in' | 'out';
  readonly peer: string;
  readonly atMs?: number;
  readonly text: string;
}

interface Parts {
  readonly callId?: string;
  readonly branch?: string;
  readonly cseq?: string;
  readonly from?: string;
  readonly to?: string;
  readonly more?: readonly string[];
  readonly body?: string;
}

/** A message as text; `start` is its first line. */
function sip(start: string, parts: Parts = {}): string {
  const method = start.startsWith('SIP/2.0') ? 'INVITE' : start.split(' ')[0];
  const body = parts.body ?? '';
  return [
    start,
    `Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK${parts.branch ?? 'one'}`,
    ...(start.startsWith('SIP/2.0') ? [] : ['Max-Forwards: 70']),
    `From: ${parts.from ?? '<sip:4021@x>;tag=f'}`,
    `To: ${parts.to ?? (start.startsWith('INVITE') ? '<sip:4020@x>' : '<sip:4020@x>;tag=t')}`,
    `Call-ID: ${parts.callId ?? 'call'}`,
    `CSeq: ${parts.cseq ?? `1 ${method}`}`,
    'Contact: <sip:someone@10.0.0.9>',
    ...(parts.more ?? []),
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

function sdp(media: string, version = 1, session = '7'): string {
  const [address, port] = media.split(':');
  return `v=0\r\no=- ${session} ${version} IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 8\r\n`;
}

function incoming(peer: string, text: string, atMs?: number): Step {
  return { way: 'in', peer, text, ...(atMs === undefined ? {} : { atMs }) };
}

function outgoing(peer: string, text: string, atMs?: number): Step {
  return { way: 'out', peer, text, ...(atMs === undefined ? {} : { atMs }) };
}

/** Shows the steps to a check and gives back what it says. */
function judge(create: (context: CheckContext) => Check, steps: readonly Step[], restMs = 100_000): string[] {
  const problems: string[] = [];
  const book = new CallBook(directory());
  const expectations = { deliveryMs: 1_000, troubledUntilMs: () => -1 };
  const check = create({ book, expectations, report: (problem) => problems.push(problem) });
  let nowMs = 0;
  steps.forEach(({ way, peer, atMs, text }, index) => {
    const bytes = Buffer.from(text, 'latin1');
    const parsed = parseMessage(bytes);
    if (!parsed.ok) throw new Error(`${parsed.reason}: ${text}`);
    if ((atMs ?? nowMs) > nowMs) check.onTickEnd?.();
    nowMs = Math.max(nowMs, atMs ?? nowMs);
    const wire: WireMessage = {
      number: index + 1,
      atMs: nowMs,
      direction: way,
      transport: 'udp',
      peer,
      port: 5060,
      message: parsed.message,
      bytes,
    };
    book.onWire(wire);
    check.onWire?.(wire);
  });
  check.onTickEnd?.();
  check.atRest?.(nowMs + restMs);
  return problems;
}

/** Ben calls Anna: his INVITE, and one to each of her devices. */
const BEN_CALLS_ANNA: readonly Step[] = [
  incoming(BEN_DESK, sip('INVITE sip:4020@x SIP/2.0', { callId: 'ben', body: sdp('10.0.0.21:1000') })),
  outgoing(ANNA_DESK, sip('INVITE sip:4020@x SIP/2.0', { callId: 'desk', branch: 'd', body: sdp('10.0.0.21:1000') })),
  outgoing(ANNA_CLIENT, sip('INVITE sip:c@x SIP/2.0', { callId: 'client', branch: 'c', body: sdp('10.0.0.21:1000') })),
  incoming(ANNA_DESK, sip('SIP/2.0 180 Ringing', { callId: 'desk', branch: 'd' })),
  incoming(ANNA_CLIENT, sip('SIP/2.0 180 Ringing', { callId: 'client', branch: 'c' })),
];

const ANSWER = incoming(
  ANNA_DESK,
  sip('SIP/2.0 200 OK', { callId: 'desk', branch: 'd', body: sdp('10.0.0.20:2000') }),
  50,
);
const PASSED_ON = outgoing(BEN_DESK, sip('SIP/2.0 200 OK', { callId: 'ben', body: sdp('10.0.0.20:2000') }), 50);

function cancelOfClient(more: readonly string[] = []): Step {
  const text = sip('CANCEL sip:c@x SIP/2.0', { callId: 'client', branch: 'c', to: '<sip:4020@x>', more });
  return outgoing(ANNA_CLIENT, text, 50);
}

const LATER = incoming(BEN_DESK, sip('OPTIONS sip:x SIP/2.0', { callId: 'other', branch: 'o' }), 60);

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  /** What it must say; absent: nothing. */
  readonly says?: RegExp;
}

function cases(check: (context: CheckContext) => Check, all: readonly Case[]): void {
  for (const { name, steps, says } of all) {
    test(name, () => {
      const problems = judge(check, steps);
      if (says) assert.match(problems.join('\n'), says);
      else assert.deepEqual(problems, []);
    });
  }
}

describe('message form', () => {
  const invite = sip('INVITE sip:a@x SIP/2.0');
  cases(messageForm, [
    { name: 'a whole request', steps: [outgoing(BEN_DESK, invite)] },
    {
      name: 'a length that is wrong',
      steps: [outgoing(BEN_DESK, `${invite.replace('Content-Length: 0', 'Content-Length: 2')}abc`)],
      says: /Content-Length says 2, the body has 3/,
    },
    {
      name: 'a branch without the cookie',
      steps: [outgoing(BEN_DESK, invite.replace('z9hG4bK', 'old-'))],
      says: /magic cookie/,
    },
    { name: 'no hops', steps: [outgoing(BEN_DESK, invite.replace(/Max-Forwards.*\r\n/, ''))], says: /Max-Forwards/ },
    { name: 'no tag in From', steps: [outgoing(BEN_DESK, invite.replace(';tag=f', ''))], says: /From without a tag/ },
    {
      name: 'what others send is not judged',
      steps: [incoming(BEN_DESK, invite.replace('z9hG4bK', 'old-'))],
    },
  ]);
});

describe('answered once', () => {
  const request = incoming(BEN_DESK, sip('OPTIONS sip:x SIP/2.0'));
  const ok = outgoing(BEN_DESK, sip('SIP/2.0 200 OK', { cseq: '1 OPTIONS' }));
  cases(answeredOnce, [
    { name: 'one answer, also repeated', steps: [request, ok, request, ok] },
    { name: 'no answer', steps: [request], says: /never answered: OPTIONS/ },
    {
      name: 'two answers that differ',
      steps: [request, ok, outgoing(BEN_DESK, sip('SIP/2.0 486 Busy Here', { cseq: '1 OPTIONS' }))],
      says: /second final response/,
    },
    {
      name: 'a provisional answer after the final one',
      steps: [request, ok, outgoing(BEN_DESK, sip('SIP/2.0 180 Ringing', { cseq: '1 OPTIONS' }))],
      says: /after the final one/,
    },
    { name: 'an answer to nothing', steps: [ok], says: /answers no request/ },
  ]);
});

describe('own branches', () => {
  const one = sip('OPTIONS sip:a@x SIP/2.0');
  cases(ownBranches, [
    { name: 'a repetition', steps: [outgoing(BEN_DESK, one), outgoing(BEN_DESK, one)] },
    {
      name: 'two requests with one branch',
      steps: [outgoing(BEN_DESK, one), outgoing(BEN_DESK, one.replace('1 OPTIONS', '2 OPTIONS'))],
      says: /the branch of another request/,
    },
  ]);
});

describe('dialog rules', () => {
  const invite = outgoing(BEN_DESK, sip('INVITE sip:a@x SIP/2.0', { branch: 'i' }));
  const ok = incoming(BEN_DESK, sip('SIP/2.0 200 OK', { branch: 'i' }));
  const ack = outgoing(BEN_DESK, sip('ACK sip:a@x SIP/2.0', { branch: 'a' }));
  const bye = (cseq: string, more: Parts = {}) =>
    outgoing(BEN_DESK, sip('BYE sip:a@x SIP/2.0', { branch: 'b', cseq, ...more }));
  cases(dialogRules, [
    { name: 'numbers that count up', steps: [invite, ok, ack, bye('2 BYE')] },
    { name: 'a number that stays', steps: [invite, ok, ack, bye('1 BYE')], says: /CSeq 1 after 1/ },
    { name: 'a number that jumps', steps: [invite, ok, ack, bye('4 BYE')], says: /jumps from 1 to 4/ },
    {
      name: 'an ACK of no INVITE',
      steps: [invite, ok, outgoing(BEN_DESK, sip('ACK sip:a@x SIP/2.0', { branch: 'a', cseq: '9 ACK' }))],
      says: /no INVITE of ours/,
    },
    {
      name: 'another From tag',
      steps: [invite, ok, bye('2 BYE', { from: '<sip:4021@x>;tag=g' })],
      says: /another From tag/,
    },
    {
      name: 'a To tag out of nothing',
      steps: [invite, ok, bye('2 BYE', { to: '<sip:4020@x>;tag=u' })],
      says: /never showed/,
    },
  ]);
});

describe('acknowledged', () => {
  const invite = outgoing(BEN_DESK, sip('INVITE sip:a@x SIP/2.0', { branch: 'i' }));
  const ok = incoming(BEN_DESK, sip('SIP/2.0 200 OK', { branch: 'i' }));
  const ack = outgoing(BEN_DESK, sip('ACK sip:a@x SIP/2.0', { branch: 'a' }));
  cases(acknowledged, [
    { name: 'each time it comes', steps: [invite, ok, ack, ok, ack] },
    { name: 'never', steps: [invite, ok], says: /never acknowledged: 200/ },
    { name: 'not the second time', steps: [invite, ok, ack, ok], says: /never acknowledged: 200/ },
    {
      name: 'a refusal too',
      steps: [invite, incoming(BEN_DESK, sip('SIP/2.0 486 Busy Here', { branch: 'i' }))],
      says: /never acknowledged: 486/,
    },
  ]);
});

describe('one winner', () => {
  const lost = cancelOfClient(['Reason: SIP;cause=200;text="Call completed elsewhere"']);
  cases(oneWinner, [
    { name: 'the others are cancelled in the same tick', steps: [...BEN_CALLS_ANNA, ANSWER, lost, PASSED_ON, LATER] },
    {
      name: 'one rings on',
      steps: [...BEN_CALLS_ANNA, ANSWER, PASSED_ON, LATER],
      says: /anna-clients.* rings on although the call is answered/,
    },
    {
      name: 'one is not told why',
      steps: [...BEN_CALLS_ANNA, ANSWER, cancelOfClient(), PASSED_ON, LATER],
      says: /lost the call and is told Reason: undefined/,
    },
    {
      name: 'two have the call',
      steps: [
        ...BEN_CALLS_ANNA,
        ANSWER,
        PASSED_ON,
        incoming(
          ANNA_CLIENT,
          sip('SIP/2.0 200 OK', { callId: 'client', branch: 'c', body: sdp('10.0.0.30:3000') }),
          50,
        ),
        LATER,
      ],
      says: /both have the call/,
    },
    {
      name: 'somebody is called afterwards',
      steps: [
        ...BEN_CALLS_ANNA,
        ANSWER,
        lost,
        PASSED_ON,
        outgoing(
          BEN_DESK,
          sip('INVITE sip:b@x SIP/2.0', { callId: 'late', branch: 'l', body: sdp('10.0.0.21:1000') }),
          90,
        ),
      ],
      says: /is called although the call is answered/,
    },
  ]);
});

describe('one ringback', () => {
  const ringing = (branch: string, atMs: number) => outgoing(BEN_DESK, sip('SIP/2.0 180 Ringing', { branch }), atMs);
  cases(oneRingback, [
    { name: 'repeated octet by octet', steps: [ringing('one', 0), ringing('one', 500)] },
    { name: 'told again otherwise', steps: [ringing('one', 0), ringing('two', 500)], says: /told again/ },
    { name: 'told again every minute', steps: [ringing('one', 0), ringing('two', 60_000)] },
  ]);
});

describe('secrets kept', () => {
  const check = (context: CheckContext) => secretsKept(context, () => system.current(), directory());
  const naming = (text: string) => sip('INVITE sip:a@x SIP/2.0', { callId: 'secret', from: `<sip:${text}@x>;tag=f` });
  cases(check, [
    { name: 'its own clients may see it', steps: [outgoing(ANNA_CLIENT, naming('anna-clients'))] },
    {
      name: 'its desk phone may not',
      steps: [outgoing(ANNA_DESK, naming('anna-clients'))],
      says: /anna-clients is shown/,
    },
    {
      name: 'nor may anybody see the number',
      steps: [outgoing(BEN_DESK, naming('80004020'))],
      says: /80004020 is shown/,
    },
    {
      name: 'what the caller wrote comes back to the caller',
      steps: [outgoing(BEN_DESK, sip('SIP/2.0 404 Not Found', { to: '<sip:80004020@x>;tag=t' }))],
    },
    {
      name: 'but in no other header',
      steps: [outgoing(BEN_DESK, sip('SIP/2.0 404 Not Found', { more: ['P-Asserted-Identity: <sip:80004020@x>'] }))],
      says: /80004020 is shown/,
    },
  ]);
});

describe('one session', () => {
  const described = (body: string, branch: string) =>
    outgoing(BEN_DESK, sip('INVITE sip:a@x SIP/2.0', { body, branch }));
  const first = described(sdp('10.0.0.20:1000'), 'a');
  cases(oneSession, [
    { name: 'one more with a change', steps: [first, described(sdp('10.0.0.20:1002', 2), 'b')] },
    { name: 'the same again', steps: [first, described(sdp('10.0.0.20:1000'), 'b')] },
    {
      name: 'a change without a new version',
      steps: [first, described(sdp('10.0.0.20:1002'), 'b')],
      says: /means two things/,
    },
    { name: 'a version too far', steps: [first, described(sdp('10.0.0.20:1002', 3), 'b')], says: /jumps from 1 to 3/ },
    {
      name: 'another session',
      steps: [first, described(sdp('10.0.0.20:1002', 2, '8'), 'b')],
      says: /o= was/,
    },
  ]);
});

describe('user calls', () => {
  const check = (context: CheckContext) => userCalls(context, () => system.current());
  const call = (name: string, port: number): Step[] => [
    incoming(BEN_DESK, sip('INVITE sip:4020@x SIP/2.0', { callId: name, body: sdp(`10.0.0.21:${port}`) })),
    outgoing(ANNA_DESK, sip('INVITE sip:4020@x SIP/2.0', { callId: `${name}-out`, body: sdp(`10.0.0.21:${port}`) })),
  ];
  cases(check, [
    { name: 'two calls', steps: [...call('a', 1), ...call('b', 3)] },
    {
      name: 'a third call',
      steps: [...call('a', 1), ...call('b', 3), ...call('c', 5)],
      says: /call number 3 of station 4020/,
    },
  ]);
});

describe('numbers and hops', () => {
  const check = (context: CheckContext) => numbersAndHops(context, () => system.current());
  const dialled = (number: string) =>
    incoming(BEN_DESK, sip(`INVITE sip:${number}@x SIP/2.0`, { body: sdp('10.0.0.21:1') }));
  cases(check, [
    {
      name: 'an auxiliary number that rings',
      steps: [dialled('80004020'), outgoing(BEN_DESK, sip('SIP/2.0 180 Ringing'))],
      says: /auxiliary number 80004020/,
    },
    {
      name: 'an emergency call that is refused',
      steps: [dialled('112'), outgoing(BEN_DESK, sip('SIP/2.0 403 Forbidden'))],
      says: /emergency call is refused/,
    },
    {
      name: 'hops that do not count down',
      steps: [
        dialled('4020'),
        outgoing(ANNA_DESK, sip('INVITE sip:4020@x SIP/2.0', { callId: 'out', body: sdp('10.0.0.21:1') })),
      ],
      says: /Max-Forwards was 70 and is 70/,
    },
  ]);
});

describe('truthful records', () => {
  const invite = incoming(BEN_DESK, sip('INVITE sip:4020@x SIP/2.0', { body: sdp('10.0.0.21:1') }));

  function closed(record: Partial<CallRecord>, final: string): string[] {
    const problems: string[] = [];
    const check = (context: CheckContext) => {
      const made = truthfulRecords({ ...context, report: (problem) => problems.push(problem) }, ledger);
      const onWire = (wire: WireMessage) => {
        if (wire.direction === 'in') made.onRecordOpened?.({ ...RECORD, ...record }, wire);
        else made.onRecordClosed?.({ ...RECORD, ...record });
      };
      return { ...made, onWire };
    };
    judge(check, [invite, outgoing(BEN_DESK, sip(final))]);
    return problems;
  }

  const RECORD: CallRecord = {
    id: 'r',
    caller: { number: '4021', name: 'Ben', station: '4021', user: 'ben', trunkGroup: undefined },
    dialled: '4020',
    callee: undefined,
    diversions: [],
    startedAtMs: 1,
    alertingAtMs: undefined,
    answeredAtMs: undefined,
    endedAtMs: 9,
    result: 'busy',
    detail: undefined,
    isEmergency: false,
    legs: [],
  };

  test('what the caller was told', () => assert.deepEqual(closed({}, 'SIP/2.0 486 Busy Here'), []));
  test('something else', () =>
    assert.match(closed({}, 'SIP/2.0 603 Decline').join(), /busy .*although the caller was told 603/));
  test('answered, by the phone', () => {
    assert.match(closed({}, 'SIP/2.0 200 OK').join(), /although the caller's phone was answered/);
  });
  test('answered, by nobody', () => {
    const record = { result: 'answered', answeredAtMs: 5 } as const;
    assert.match(closed(record, 'SIP/2.0 200 OK').join(), /answered, but by no leg/);
  });
  test('times that run backwards', () => {
    assert.match(closed({ startedAtMs: 20 }, 'SIP/2.0 486 Busy Here').join(), /times out of order: 20 9/);
  });
});
