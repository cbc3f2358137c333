// Each check is shown what must not be, and must say so; and what is right, and must be silent. Here: what calls do.
import { describe } from 'node:test';
import type { CheckContext } from './check.ts';
import { oneWinner } from './forks.ts';
import { numbersAndHops } from './numbers.ts';
import { oneRingback } from './ringback.ts';
import { secretsKept } from './secrets.ts';
import {
  ANNA_CLIENT,
  ANNA_DESK,
  BEN_DESK,
  cases,
  directory,
  incoming,
  outgoing,
  type Step,
  sdp,
  sip,
  system,
} from './testing.ts';
import { userCalls } from './user-calls.ts';

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
