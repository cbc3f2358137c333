import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Flow, parseMessage, type RouteVerdict, type SipRequest } from '@unisono/sip';
import { judgeRouteOf } from './border-route.ts';

const BORDER = '10.0.0.2';
const HERE = '<sip:token@10.0.0.2:5070;lr>';
const OTHER_TOKEN = '<sip:other@10.0.0.2:5070;transport=tcp;lr>';
const THERE = '<sip:token@10.0.0.3:5070;lr>';
const PROXY = '<sip:10.0.0.9;lr>';
const FOR_A_CLIENT = 'P-Unisono-Source: wss;address=198.51.100.7;port=50000';

const judge = judgeRouteOf((address) => address === BORDER);

const CASES: [name: string, from: string, lines: string[], known: string[], verdict: RouteVerdict][] = [
  ['a client that is where it was', BORDER, [FOR_A_CLIENT, `Record-Route: ${HERE}`], [HERE], 'keep'],
  ['a client by another border', BORDER, [FOR_A_CLIENT, `Record-Route: ${HERE}`], [THERE], 'follow'],
  ['a request that records nothing', BORDER, [FOR_A_CLIENT], [THERE], 'keep'],
  ['a border that speaks for itself on the way', BORDER, [`Record-Route: ${OTHER_TOKEN}`], [HERE], 'keep'],
  ['a border that speaks for itself off the way', BORDER, [`Record-Route: ${HERE}`], [THERE], 'stale'],
  ['a border that says no way', BORDER, [], [THERE], 'keep'],
  ['anybody else', '10.0.0.4', [FOR_A_CLIENT, `Record-Route: ${HERE}`], [THERE], 'keep'],
  ['a proxy between', BORDER, [FOR_A_CLIENT, `Record-Route: ${PROXY}, ${HERE}`], [THERE], 'keep'],
  ['a proxy between that was recorded first', BORDER, [FOR_A_CLIENT, `Record-Route: ${HERE}`], [PROXY, THERE], 'keep'],
  ['a dialog without a way', BORDER, [FOR_A_CLIENT, `Record-Route: ${HERE}`], [], 'keep'],
];

describe('what a request within a dialog means for the way to a client', () => {
  for (const [name, from, lines, known, verdict] of CASES)
    test(`${name}: ${verdict}`, () => assert.equal(judge(requestWith(lines), flowFrom(from), known), verdict));
});

function requestWith(lines: readonly string[]): SipRequest {
  const text = [
    'BYE sip:4021@10.0.0.1 SIP/2.0',
    'Via: SIP/2.0/UDP 10.0.0.2:5070;branch=z9hG4bK1',
    'From: <sip:4020@example.com>;tag=a',
    'To: <sip:4021@example.com>;tag=b',
    'Call-ID: c',
    'CSeq: 2 BYE',
    ...lines,
    '',
    '',
  ].join('\r\n');
  const parsed = parseMessage(Buffer.from(text));
  assert.ok(parsed.ok && parsed.message.kind === 'request');
  return parsed.message;
}

function flowFrom(remoteAddress: string): Flow {
  return {
    id: '1',
    transport: 'udp',
    localAddress: '10.0.0.1',
    localPort: 5060,
    remoteAddress,
    remotePort: 5070,
    isReliable: false,
    isOpen: true,
  };
}
