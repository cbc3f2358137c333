import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AddressHider } from './address-hider.ts';

const hider = new AddressHider({
  inside: () => ['198.51.100.20', 'pbx.intern.example', '2001:db8:1::20'],
  shown: () => ['203.0.113.1', '192.168.7.1'],
});

describe('which hosts are hidden', () => {
  const HOSTS: [host: string, isHidden: boolean][] = [
    ['198.51.100.20', true],
    ['198.51.100.21', false],
    ['pbx.intern.example', true],
    ['PBX.intern.example', true],
    ['office.example', false],
    ['10.1.2.3', true],
    ['172.31.0.1', true],
    ['172.32.0.1', false],
    ['192.168.7.1', false],
    ['192.168.7.2', true],
    ['127.0.0.1', true],
    ['192.0.0.8', true],
    ['203.0.113.1', false],
    ['8.8.8.8', false],
    ['[fd00::1]', true],
    ['fe80::1', true],
    ['[2001:db8:1::20]', true],
    ['2001:db8:2::20', false],
    ['::ffff:10.0.0.1', true],
    ['::ffff:8.8.8.8', false],
  ];
  for (const [host, isHidden] of HOSTS) {
    test(`${host}: ${isHidden ? 'hidden' : 'shown'}`, () => assert.equal(hider.hides(host), isHidden));
  }
});

describe('texts with an address in them', () => {
  const TEXTS: [text: string, hidden: string][] = [
    ['<sip:4021@10.0.0.1:5060;transport=tcp>;tag=1', '<sip:4021@border;transport=tcp>;tag=1'],
    ['"10.0.0.9" <sip:a@198.51.100.20>', '"border" <sip:a@border>'],
    ['<sip:4021@[fd00::7]:5061>', '<sip:4021@border>'],
    ['<sip:4021@office.example>', '<sip:4021@office.example>'],
    ['<sip:4021@pbx.intern.example:5060>', '<sip:4021@border>'],
    ['<sip:4021@pbx.intern.example.com>', '<sip:4021@pbx.intern.example.com>'],
    ['<sip:a@203.0.113.1:8443>', '<sip:a@203.0.113.1:8443>'],
    ['Asterisk 10.0.0.1.2', 'Asterisk 10.0.0.1.2'],
    ['Unisono/10.0.0', 'Unisono/10.0.0'],
    ['at 12:30:45 from fd00::1, 10.0.0.1', 'at 12:30:45 from border, border'],
    ['urn:uuid:0a000001-0000-4000-8000-00805f9b34fb', 'urn:uuid:0a000001-0000-4000-8000-00805f9b34fb'],
    ['999.1.1.1', '999.1.1.1'],
  ];
  for (const [text, hidden] of TEXTS) {
    test(text, () => {
      assert.equal(hider.hide(text, 'border'), hidden);
      assert.equal(hider.finds(text), text !== hidden);
    });
  }
});
