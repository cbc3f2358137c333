// Each check is shown what must not be, and must say so; and what is right, and must be silent. Here: rules of the protocol.
import { describe } from 'node:test';
import { acknowledged } from './acknowledgements.ts';
import { oneSession } from './descriptions.ts';
import { dialogRules } from './dialogs.ts';
import { messageForm } from './message-form.ts';
import { BEN_DESK, cases, incoming, outgoing, type Parts, sdp, sip } from './testing.ts';
import { answeredOnce, ownBranches } from './transactions.ts';

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
