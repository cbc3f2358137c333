import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeaderList } from '../message/headers.ts';
import { SipRequest, SipResponse } from '../message/message.ts';
import { parseNameAddr } from '../message/name-addr.ts';
import {
  acceptSequence,
  type Dialog,
  dialogAsClient,
  dialogAsServer,
  recomputeRoutes,
  refreshTarget,
} from './dialog.ts';
import { dialogRequest, nextHopOf } from './dialog-request.ts';

type Fields = readonly (readonly [name: string, value: string])[];

function headersOf(fields: Fields): HeaderList {
  const headers = new HeaderList();
  for (const [name, value] of fields) headers.append(name, value);
  return headers;
}

const ROUTES: Fields = [
  ['Record-Route', '<sip:p3.example;lr>, <sip:p2.example;lr>'],
  ['Record-Route', '<sip:p1.example;lr>'],
];

function invite(uriText = 'sip:bob@example.com', extra: Fields = []): SipRequest {
  return new SipRequest(
    'INVITE',
    uriText,
    headersOf([
      ['Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1'],
      ['From', '"Alice" <sip:alice@example.com>;tag=88sja8x'],
      ['To', '<sip:bob@example.com>'],
      ['Call-ID', '987asjd97y7atg'],
      ['CSeq', '986759 INVITE'],
      ['Contact', '<sip:alice@192.0.2.1:5070>'],
      ...extra,
    ]),
  );
}

function response(status: number, extra: Fields = []): SipResponse {
  return new SipResponse(
    status,
    '',
    headersOf([
      ['Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1'],
      ['From', '"Alice" <sip:alice@example.com>;tag=88sja8x'],
      ['To', '<sip:bob@example.com>;tag=a6c85cf'],
      ['Call-ID', '987asjd97y7atg'],
      ['CSeq', '986759 INVITE'],
      ['Contact', 'Bob <sip:bob@192.0.2.4;transport=tcp>;expires=60'],
      ...extra,
    ]),
  );
}

describe('the dialog of the side that answers (RFC 3261 §12.1.1)', () => {
  test('every part of its state', () => {
    assert.deepEqual(dialogAsServer(invite(undefined, ROUTES), 'our-tag'), {
      callId: '987asjd97y7atg',
      localTag: 'our-tag',
      remoteTag: '88sja8x',
      localAddress: '<sip:bob@example.com>;tag=our-tag',
      remoteAddress: '"Alice" <sip:alice@example.com>;tag=88sja8x',
      ownsCallId: false,
      isSecure: false,
      localSequence: 0,
      remoteSequence: 986_759,
      remoteTarget: 'sip:alice@192.0.2.1:5070',
      routeSet: ['<sip:p3.example;lr>', '<sip:p2.example;lr>', '<sip:p1.example;lr>'],
    } satisfies Dialog);
  });

  test('a peer of RFC 2543 has no tag', () => {
    const request = invite();
    request.headers.set('From', '<sip:alice@example.com>');
    assert.equal(dialogAsServer(request, 't').remoteTag, '');
  });

  test('a SIPS Request-URI makes it secure', () => {
    assert.equal(dialogAsServer(invite('sips:bob@example.com'), 't').isSecure, true);
    assert.equal(dialogAsServer(invite('SIPS:bob@example.com'), 't').isSecure, true);
  });

  test('a subscriber whose NOTIFY comes first goes on with its own numbers', () => {
    const dialog = dialogAsServer(invite(), 't', 7);
    assert.deepEqual([dialog.localSequence, dialog.ownsCallId], [7, true]);
    assert.equal(dialogRequest(dialog, 'SUBSCRIBE').cseq.sequence, 8);
  });
});

describe('the dialog of the side that asks (RFC 3261 §12.1.2)', () => {
  test('every part of its state', () => {
    assert.deepEqual(dialogAsClient(invite(), response(180, ROUTES)), {
      callId: '987asjd97y7atg',
      localTag: '88sja8x',
      remoteTag: 'a6c85cf',
      localAddress: '"Alice" <sip:alice@example.com>;tag=88sja8x',
      remoteAddress: '<sip:bob@example.com>;tag=a6c85cf',
      ownsCallId: true,
      isSecure: false,
      localSequence: 986_759,
      remoteSequence: undefined,
      remoteTarget: 'sip:bob@192.0.2.4;transport=tcp',
      routeSet: ['<sip:p1.example;lr>', '<sip:p2.example;lr>', '<sip:p3.example;lr>'],
    } satisfies Dialog);
  });

  test('the route set of the 2xx takes the place of the early one, nothing else does (§13.2.2.4)', () => {
    const dialog = dialogAsClient(invite(), response(180, ROUTES));
    dialogRequest(dialog, 'PRACK');
    recomputeRoutes(dialog, response(200, [['Record-Route', '<sip:p9.example;lr>']]));
    assert.deepEqual(dialog.routeSet, ['<sip:p9.example;lr>']);
    assert.equal(dialog.localSequence, 986_760);
  });
});

describe('within the dialog (RFC 3261 §12.2)', () => {
  test('the remote target follows a Contact, and stays without one', () => {
    const dialog = dialogAsServer(invite(), 't');
    refreshTarget(dialog, parseNameAddr('<sip:alice@192.0.2.9>'));
    assert.equal(dialog.remoteTarget, 'sip:alice@192.0.2.9');
    refreshTarget(dialog, undefined);
    assert.equal(dialog.remoteTarget, 'sip:alice@192.0.2.9');
  });

  for (const [name, known, sequence, verdict, after] of [
    ['the first number is taken', undefined, 5, 'in-order', 5],
    ['a higher one too, gaps allowed', 5, 9, 'in-order', 9],
    ['a lower one is out of order', 5, 4, 'out-of-order', 5],
  ] as const) {
    test(name, () => {
      const dialog = { ...dialogAsServer(invite(), 't'), remoteSequence: known };
      assert.equal(acceptSequence(dialog, sequence), verdict);
      assert.equal(dialog.remoteSequence, after);
    });
  }

  test('a request goes by loose routers to the remote target', () => {
    const dialog = dialogAsServer(invite(undefined, ROUTES), 't');
    const bye = dialogRequest(dialog, 'BYE');
    assert.equal(bye.uriText, 'sip:alice@192.0.2.1:5070');
    assert.deepEqual(bye.headers.list('Route'), dialog.routeSet);
    assert.equal(nextHopOf(dialog), 'sip:p3.example;lr');
    assert.deepEqual(bye.cseq, { sequence: 1, method: 'BYE' });
    assert.equal(bye.headers.get('From'), dialog.localAddress);
    assert.equal(bye.headers.get('To'), dialog.remoteAddress);
    assert.equal(bye.callId, dialog.callId);
    assert.equal(dialogRequest(dialog, 'INFO').cseq.sequence, 2);
  });

  test('a strict router in front becomes the Request-URI, the target the last route (§12.2.1.1)', () => {
    const dialog = { ...dialogAsServer(invite(), 't'), routeSet: ['<sip:strict.example>', '<sip:p2.example;lr>'] };
    const bye = dialogRequest(dialog, 'BYE');
    assert.equal(bye.uriText, 'sip:strict.example');
    assert.deepEqual(bye.headers.all('Route'), ['<sip:p2.example;lr>', '<sip:alice@192.0.2.1:5070>']);
    assert.equal(nextHopOf(dialog), 'sip:strict.example');
  });

  test('what a Request-URI must not have is left out of a strict router: headers and method', () => {
    const routeSet = ['<sip:strict.example;method=INVITE;x=1?Subject=hi>'];
    const bye = dialogRequest({ ...dialogAsServer(invite(), 't'), routeSet }, 'BYE');
    assert.equal(bye.uriText, 'sip:strict.example;x=1');
  });

  test('a loose router is told by `lr` as a parameter of its URI, in any case, with or without a value', () => {
    const isLoose = (route: string) =>
      dialogRequest({ ...dialogAsServer(invite(), 't'), routeSet: [route] }, 'BYE').uriText !== 'sip:p.example';
    for (const route of ['<sip:p.example;lr>', '<sip:p.example;LR>', '<sip:p.example;lr=on>']) {
      assert.equal(isLoose(route), true, route);
    }
    for (const route of ['<sip:p.example>', '<sip:p.example>;lr']) assert.equal(isLoose(route), false, route);
  });

  test('an ACK has the number of its INVITE', () => {
    const dialog = dialogAsClient(invite(), response(200));
    assert.deepEqual(dialogRequest(dialog, 'ACK', 986_759).cseq, { sequence: 986_759, method: 'ACK' });
    assert.equal(dialog.localSequence, 986_759);
  });
});
