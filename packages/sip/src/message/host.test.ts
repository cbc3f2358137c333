import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHost, isIpv4, isIpv6, parseHostPort } from './host.ts';

test('IPv4 addresses', () => {
  const cases: Record<string, boolean> = {
    '0.0.0.0': true,
    '255.255.255.255': true,
    '192.0.2.1': true,
    '256.0.0.1': false,
    '1.2.3': false,
    '1.2.3.4.5': false,
    '1.2.3.': false,
    '.1.2.3': false,
    '1..2.3': false,
    '1.2.3.4 ': false,
    '1.2.3.a': false,
    '0001.2.3.4': false,
    '': false,
  };
  for (const [text, expected] of Object.entries(cases)) assert.equal(isIpv4(text), expected, text);
});

test('RFC 5954, RFC 4291 §2.2: IPv6 addresses', () => {
  const cases: Record<string, boolean> = {
    '::': true,
    '::1': true,
    '2001:db8::1': true,
    '1:2:3:4:5:6:7:8': true,
    '1:2:3:4:5:6:7::': true,
    '::2:3:4:5:6:7:8': true,
    '::ffff:192.0.2.1': true,
    '1:2:3:4:5:6:1.2.3.4': true,
    '2001:db8::10:5070': true,
    '1:2:3:4:5:6:7:8:9': false,
    '1:2:3:4:5:6:7:8::': false,
    '1:2:3:4:5:6:7': false,
    '1::2::3': false,
    ':::': false,
    '12345::': false,
    '::g': false,
    ':1': false,
    '1:': false,
    '::1.2.3': false,
    '1.2.3.4': false,
    'fe80::1%eth0': false,
    '': false,
  };
  for (const [text, expected] of Object.entries(cases)) assert.equal(isIpv6(text), expected, text);
});

test('host names', () => {
  const cases: Record<string, boolean> = {
    localhost: true,
    'a.example.com': true,
    'a.example.com.': true,
    'xn--bcher-kva.example': true,
    'my_pbx.local': true,
    '3com.com': true,
    '4fa8c1': true,
    '1.2.3.4.5': false,
    '12': false,
    '-a': false,
    'a-': false,
    'a.-b': false,
    'a..b': false,
    '.': false,
    '.a': false,
    'a b': false,
    bücher: false,
    [`${'a'.repeat(63)}.`.repeat(3) + 'a'.repeat(63)]: true,
    ['a'.repeat(256)]: false,
    '[::1]': true,
    '[::1': false,
    '::1': false,
  };
  for (const [text, expected] of Object.entries(cases)) assert.equal(isHost(text), expected, text);
});

test('host and port', () => {
  const cases: [string, [string, number | undefined] | undefined][] = [
    ['Example.COM:5060', ['example.com', 5060]],
    ['[2001:DB8::1]', ['[2001:db8::1]', undefined]],
    ['[::1]:0', ['[::1]', 0]],
    ['h:65535', ['h', 65535]],
    ['h:65536', undefined],
    ['h:', undefined],
    ['h:5060x', undefined],
    ['h:000001', undefined],
    ['h :5060', undefined],
    ['[::1]5060', undefined],
    ['', undefined],
  ];
  for (const [text, expected] of cases) {
    const found = parseHostPort(text);
    assert.deepEqual(found && [found.host, found.port], expected, text);
  }
});
