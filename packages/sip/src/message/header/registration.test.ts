import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../headers.ts';
import { MAX_LIST_ELEMENTS } from '../limits.ts';
import type { SipUri } from '../uri.ts';
import {
  contactParams,
  contactUriParams,
  expiresSec,
  isLooseRoute,
  maxForwards,
  minExpiresSec,
  parseAddresses,
  parseContacts,
  parseDeltaSeconds,
  parseQValue,
  printQValue,
} from './index.ts';
import { address, fields, header } from './testing.ts';

header('delta-seconds', parseDeltaSeconds, String, [
  ['0', 0],
  ['3600', 3600],
  ['4294967295', 4_294_967_295],
  ['4294967296', 4_294_967_295, '4294967295'],
  ['280297596632815', 4_294_967_295, '4294967295'],
  ['', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['10 s', undefined],
]);

test('Expires and Min-Expires: absent and malformed mean the default', () => {
  assert.equal(expiresSec(fields('Expires', '60')), 60);
  assert.equal(expiresSec(fields('Expires', 'Thu, 01 Dec 1994 16:00:00 GMT')), undefined);
  assert.equal(expiresSec(new HeaderList()), undefined);
  assert.equal(minExpiresSec(fields('Min-Expires', '120')), 120);
  assert.equal(minExpiresSec(new HeaderList()), undefined);
});

test('Max-Forwards: 70 when absent, up to 255', () => {
  const cases: [string, number | undefined][] = [
    ['0', 0],
    ['0068', 68],
    ['255', 255],
    ['256', undefined],
    ['-1', undefined],
    ['', undefined],
    ['7 0', undefined],
  ];
  for (const [text, hops] of cases) assert.equal(maxForwards(fields('Max-Forwards', text)), hops, text);
  assert.equal(maxForwards(new HeaderList()), 70);
});

header('q', parseQValue, printQValue, [
  ['0', 0, '0.0'],
  ['1', 1000],
  ['0.7', 700],
  ['0.33', 330],
  ['0.005', 5],
  ['1.000', 1000, '1'],
  ['0.', 0, '0.0'],
  ['1.1', undefined],
  ['0.1234', undefined],
  ['.5', undefined],
  ['2', undefined],
  ['', undefined],
]);

test('Contact: several, over several fields', () => {
  const found = parseContacts(
    fields('Contact', '"Mr. Watson" <sip:watson@w.com>;q=0.7;expires=3600, <mailto:w@b.com>', 'sip:a@b'),
  );
  assert.ok(found && found !== '*');
  assert.deepEqual(
    found.map((contact) => [contact.uriText, contactParams(contact).q, contactParams(contact).expiresSec]),
    [
      ['sip:watson@w.com', 700, 3600],
      ['mailto:w@b.com', 1000, undefined],
      ['sip:a@b', 1000, undefined],
    ],
  );
});

test('Contact: the star alone, none at all, malformed ones', () => {
  assert.equal(parseContacts(fields('Contact', '*')), '*');
  assert.deepEqual(parseContacts(new HeaderList()), []);
  for (const values of [
    ['*', '<sip:a@b>'],
    ['*, <sip:a@b>'],
    ['*;expires=0'],
    ['<sip:a@b'],
    ['<sip:a@b>', 'nonsense'],
    ['*', '*'],
  ]) {
    assert.equal(parseContacts(fields('Contact', ...values)), undefined, values.join());
  }
});

test('as many list elements as the limit pass, one more does not', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `<sip:${i}@x>`).join(',');
  assert.equal(parseContacts(fields('Contact', many(MAX_LIST_ELEMENTS)))?.length, MAX_LIST_ELEMENTS);
  assert.equal(parseContacts(fields('Contact', many(MAX_LIST_ELEMENTS), '<sip:x@x>')), undefined);
  assert.equal(parseAddresses(fields('Route', many(MAX_LIST_ELEMENTS + 1)), 'Route'), undefined);
});

test('RFC 5626 and 5627: instance, reg-id and GRUUs of a Contact', () => {
  const contact = address(
    '<sip:line1@192.0.2.2;ob>;reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"' +
      ';pub-gruu="sip:a@b;gr=x";temp-gruu="sip:t@b;gr"',
  );
  assert.deepEqual(contactParams(contact), {
    expiresSec: undefined,
    q: 1000,
    instance: 'urn:uuid:00000000-0000-1000-8000-000A95A0E128',
    regId: 1,
    publicGruu: 'sip:a@b;gr=x',
    temporaryGruu: 'sip:t@b;gr',
  });
  assert.deepEqual(contactUriParams(contact), { isOutbound: true, push: undefined });
  const bad = contactParams(address('<sip:a@b>;reg-id=0;+sip.instance="urn:x";q=7;expires=soon'));
  assert.deepEqual([bad.regId, bad.instance, bad.q, bad.expiresSec], [undefined, undefined, 1000, undefined]);
  assert.equal(contactParams(address('<sip:a@b>;reg-id=2147483648')).regId, undefined);
});

test('RFC 8599: push parameters of a Contact URI', () => {
  const push = (text: string) => contactUriParams(address(text)).push;
  assert.deepEqual(push('<sip:a@b;pn-provider=acme;pn-param=acme-param;pn-prid=ZTY4ZDJlMzODE1NmUgKi0K>'), {
    provider: 'acme',
    param: 'acme-param',
    prid: 'ZTY4ZDJlMzODE1NmUgKi0K',
  });
  assert.equal(push('<sip:a@b;pn-provider=acme>'), undefined);
  assert.equal(push('<sip:a@b;pn-prid=x>'), undefined);
  assert.equal(push('<tel:+1>'), undefined);
});

test('Route: a loose router has lr', () => {
  assert.equal(isLooseRoute(address('<sip:p1.example.com;lr>')), true);
  assert.equal(isLooseRoute(address('<sip:p1.example.com;lr=on>')), true);
  assert.equal(isLooseRoute(address('<sip:p1.example.com>;lr')), false);
  assert.equal(isLooseRoute(address('<tel:+1>')), false);
});

test('addresses: all fields in order, undefined when one is malformed', () => {
  const routes = parseAddresses(fields('Record-Route', '<sip:p2;lr>,<sip:p1;lr>', '<sip:p0;lr>'), 'Record-Route');
  assert.deepEqual(
    routes?.map((route) => (route.uri as SipUri).host),
    ['p2', 'p1', 'p0'],
  );
  assert.equal(parseAddresses(fields('Path', '<sip:a>, x'), 'Path'), undefined);
});
