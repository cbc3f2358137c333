import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeaderList } from '../message/headers.ts';
import { SipRequest, SipResponse } from '../message/message.ts';
import { expireAfterMs, negotiateAsClient, negotiateAsServer, raisedMinSec, refreshAfterMs } from './session-timer.ts';

const POLICY = { expiresSec: 1_800, minSec: 90 };

function headersOf(fields: Readonly<Record<string, string>>): HeaderList {
  const headers = new HeaderList();
  for (const [name, value] of Object.entries(fields)) headers.append(name, value);
  return headers;
}

describe('the answering side (RFC 4028 §9)', () => {
  const cases: readonly [name: string, asked: Readonly<Record<string, string>>, outcome: string][] = [
    ['knows no timers: we refresh by our interval', {}, '1800;refresher=uas us'],
    ['knows them and asks for nothing: the caller refreshes', { Supported: 'timer' }, '1800;refresher=uac peer timer'],
    ['asks for less: granted', { Supported: 'timer', 'Session-Expires': '300' }, '300;refresher=uac peer timer'],
    ['asks for more: shortened', { Supported: 'timer', 'Session-Expires': '7200' }, '1800;refresher=uac peer timer'],
    ['wants us to refresh', { Supported: 'timer', 'Session-Expires': '600;refresher=uas' }, '600;refresher=uas us'],
    [
      'wants to refresh itself',
      { Supported: 'timer', 'Session-Expires': '600;refresher=uac' },
      '600;refresher=uac peer timer',
    ],
    [
      'asks for more than its Min-SE allows us to shorten',
      { Supported: 'timer', 'Session-Expires': '7200', 'Min-SE': '3600' },
      '3600;refresher=uac peer timer',
    ],
    ['asks for too little: refused', { Supported: 'timer', 'Session-Expires': '60' }, '422 90'],
    [
      'asks for too little and could not understand a refusal: never made longer',
      { 'Session-Expires': '60' },
      '60;refresher=uas us',
    ],
    ['the shortest allowed', { Supported: 'timer', 'Session-Expires': '90' }, '90;refresher=uac peer timer'],
    ['writes nonsense', { Supported: 'timer', 'Session-Expires': 'soon' }, '1800;refresher=uac peer timer'],
  ];
  for (const [name, asked, outcome] of cases) {
    test(name, () => {
      const result = negotiateAsServer(new SipRequest('INVITE', 'sip:x', headersOf(asked)), POLICY);
      if (result.kind === 'too-small') return assert.equal(`422 ${result.minSec}`, outcome);
      const by = result.agreement.isRefresher ? 'us' : 'peer';
      assert.equal(`${result.header} ${by}${result.requireTimer ? ' timer' : ''}`, outcome);
    });
  }
});

describe('the asking side (RFC 4028 §7)', () => {
  const cases: readonly [name: string, answered: Readonly<Record<string, string>>, outcome: string][] = [
    ['the peer knows no timers: we refresh, and nothing runs out', {}, '1800 us alone'],
    ['we are to refresh', { 'Session-Expires': '600;refresher=uac' }, '600 us'],
    ['the peer refreshes', { 'Session-Expires': '600;refresher=uas' }, '600 peer'],
    ['nobody is named: we refresh', { 'Session-Expires': '600' }, '600 us'],
    ['an interval of nothing does not make us busy for ever', { 'Session-Expires': '0' }, '1 us'],
  ];
  for (const [name, answered, outcome] of cases) {
    test(name, () => {
      const agreed = negotiateAsClient(new SipResponse(200, 'OK', headersOf(answered)), POLICY);
      const by = agreed.isRefresher ? 'us' : 'peer';
      assert.equal(`${agreed.expiresSec} ${by}${agreed.isMutual ? '' : ' alone'}`, outcome);
    });
  }

  for (const [minSe, current, raised] of [
    ['120', 90, 120],
    ['90', 90, undefined],
    ['60', 90, undefined],
    ['999999', 90, undefined],
    ['x', 90, undefined],
  ] as const) {
    test(`a 422 with Min-SE ${minSe} while asking for ${current} s: ${raised ?? 'no other try'}`, () => {
      assert.equal(raisedMinSec(new SipResponse(422, '', headersOf({ 'Min-SE': minSe })), current), raised);
    });
  }
});

describe('when (RFC 4028 §10)', () => {
  for (const [sec, refreshSec, expireSec] of [
    [1_800, 900, 1_768],
    [90, 45, 60],
    [96, 48, 64],
    [60, 30, 40],
  ] as const) {
    test(`${sec} s: refreshed after ${refreshSec} s, given up after ${expireSec} s`, () => {
      assert.equal(refreshAfterMs(sec), refreshSec * 1_000);
      assert.equal(expireAfterMs(sec), expireSec * 1_000);
    });
  }
});
