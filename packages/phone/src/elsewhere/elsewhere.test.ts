import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NEW_CALL } from '../call/call-record.ts';
import type { Call } from '../state.ts';
import { readDialogInfo } from './dialog-info.ts';
import { readMessageSummary } from './message-summary.ts';
import { NO_DIALOGS, type OtherDialogs, otherCalls, takeDialogInfo } from './other-calls.ts';

function dialog(
  id: string,
  state: string,
  more: { gr?: string; rendering?: string; direction?: string; remote?: string } = {},
): string {
  const { gr = 'desk', rendering = 'yes', direction = 'recipient', remote = '4021' } = more;
  return `<dialog id="${id}" call-id="call-${id}" local-tag="l${id}" remote-tag="r${id}" direction="${direction}">
    <state>${state}</state>
    <local><identity display="Anna">sip:4020@example.com</identity>
      <target uri="sip:4020@example.com;gr=${gr}"><param pname="+sip.rendering" pval="${rendering}"/></target></local>
    <remote><identity display="Ben &amp; Co &#x41;">sip:${remote}@example.com</identity></remote></dialog>`;
}

function info(version: number, state: 'full' | 'partial', ...dialogs: string[]): string {
  return `<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="${state}" entity="sip:4020@example.com">${dialogs.join('')}</dialog-info>`;
}

function taken(...documents: string[]): OtherDialogs {
  return documents.reduce((before, xml, index) => takeDialogInfo(before, xml, 1_000 * (index + 1)), NO_DIALOGS);
}

const shown = (dialogs: OtherDialogs, ...own: string[]) =>
  otherCalls(dialogs, { sipCallIds: new Set(own), calls: [], installationId: 'i-here' });

describe('calls on other devices (RFC 4235)', () => {
  test('a running one, with all that is needed to take it over', () => {
    const dialogs = taken(info(0, 'full', dialog('1', 'confirmed')));
    assert.deepEqual(shown(dialogs), [
      {
        id: '1',
        direction: 'incoming',
        phase: 'active',
        party: { number: '4021', name: 'Ben & Co A' },
        device: 'desk',
        sinceMs: 1_000,
        isMuted: false,
        canPull: true,
      },
    ]);
    assert.deepEqual(dialogs.dialogs.get('1')?.dialog, { callId: 'call-1', toTag: 'r1', fromTag: 'l1' });
  });

  test('ringing, answered, held, over', () => {
    const steps = [
      info(0, 'full', dialog('1', 'early')),
      info(1, 'partial', dialog('1', 'confirmed')),
      info(2, 'partial', dialog('1', 'confirmed', { rendering: 'no' })),
      info(3, 'partial', '<dialog id="1"><state>terminated</state></dialog>'),
    ];
    const phases = steps.map((_, index) => shown(taken(...steps.slice(0, index + 1)))[0]);
    assert.deepEqual(
      phases.map((call) => call?.phase),
      ['alerting', 'active', 'held', undefined],
    );
    assert.deepEqual(
      phases.map((call) => call?.sinceMs),
      [1_000, 2_000, 2_000, undefined],
      'since it was answered',
    );
  });

  test('a microphone that is off there', () => {
    const element = dialog('1', 'confirmed').replace(
      '<param',
      '<param pname="unisono-microphone" pval="muted"/><param',
    );
    assert.deepEqual(
      shown(taken(info(0, 'full', element, dialog('2', 'confirmed')))).map(({ isMuted }) => isMuted),
      [true, false],
    );
  });

  test('what rings can be answered here; what another device dials cannot', () => {
    const dialogs = taken(info(0, 'full', dialog('1', 'early'), dialog('2', 'early', { direction: 'initiator' })));
    assert.deepEqual(
      shown(dialogs).map(({ canPull }) => canPull),
      [true, false],
    );
  });

  test('another client by its id; the own calls are not shown twice', () => {
    const dialogs = taken(info(0, 'full', dialog('1', 'confirmed', { gr: 'i-77' }), dialog('2', 'confirmed')));
    assert.deepEqual([shown(dialogs, 'call-2')[0]?.device, shown(dialogs, 'call-2')[0]?.deviceId], ['client', 'i-77']);
    assert.equal(shown(dialogs, 'call-2').length, 1);
  });

  test('what rings here too, or is being moved from here, is no call of another device; nor is what rang at the page before', () => {
    const ringing = taken(info(0, 'full', dialog('1', 'early'), dialog('2', 'confirmed')));
    const own = { ...NEW_CALL, id: 'c1', startedAtMs: 0, isSecond: false, party: { number: '4021' } } as const;
    const beside = (call: Partial<Call>, dialogs = ringing) =>
      otherCalls(dialogs, {
        sipCallIds: new Set(),
        calls: [{ ...own, direction: 'incoming', phase: 'active', ...call }],
        installationId: 'i-here',
      }).map(({ id }) => id);
    assert.deepEqual(beside({ phase: 'incoming' }), ['2']);
    assert.deepEqual(beside({ move: { kind: 'push', target: 'desk' } }), ['2']);
    assert.deepEqual(beside({ phase: 'incoming', party: { number: '4022' } }), ['1', '2']);
    assert.deepEqual(beside({}), ['1', '2'], 'a second call of the same person');
    const left = taken(
      info(0, 'full', dialog('1', 'early', { gr: 'i-here' }), dialog('2', 'confirmed', { gr: 'i-here' })),
    );
    assert.deepEqual(beside({}, left), ['2'], 'what was spoken in can be taken back');
  });

  test('a full document replaces everything, an old partial one changes nothing, a new subscription begins anew', () => {
    const two = [info(4, 'full', dialog('1', 'confirmed'), dialog('2', 'confirmed'))];
    assert.equal(shown(taken(...two, info(5, 'full', dialog('2', 'confirmed')))).length, 1);
    assert.equal(
      shown(taken(...two, info(4, 'partial', '<dialog id="1"><state>terminated</state></dialog>'))).length,
      2,
    );
    assert.equal(shown(taken(...two, info(0, 'full'))).length, 0);
  });

  test('what is no document, is too large or brings entities of its own is left alone', () => {
    const before = taken(info(0, 'full', dialog('1', 'confirmed')));
    for (const xml of [
      '',
      'x',
      '<a/>',
      `<!DOCTYPE x [<!ENTITY y "z">]>${info(1, 'full')}`,
      info(1, 'full') + ' '.repeat(300_000),
    ])
      assert.equal(takeDialogInfo(before, xml, 9), before);
  });

  test('no text makes it throw or hang', () => {
    const piece = fc.constantFrom(
      '<dialog',
      '<state>',
      '</state>',
      '</dialog>',
      '<local>',
      '"',
      "'",
      '>',
      '/>',
      ' id="1"',
      '&#x110000;',
      '&',
      '<',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        readDialogInfo(info(1, 'full', pieces.join('')));
      }),
    );
  });
});

describe('message waiting (RFC 3842)', () => {
  const CASES: [string, [number, number] | undefined][] = [
    ['Messages-Waiting: yes\r\nMessage-Account: sip:4102@x\r\nVoice-Message: 2/8 (0/2)\r\n', [2, 8]],
    ['messages-waiting: no\r\nvoice-message: 0/3\r\n', [0, 3]],
    ['Messages-Waiting: yes\r\n', [1, 0]],
    ['Messages-Waiting: no\r\n', [0, 0]],
    ['', undefined],
  ];
  for (const [body, counts] of CASES)
    test(JSON.stringify(body), () => {
      const read = readMessageSummary(body);
      assert.deepEqual(read && [read.newMessages, read.oldMessages], counts);
    });
});
