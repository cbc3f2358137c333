import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRequest, type RequestPolicy } from './check-request.ts';
import { HeaderList } from './headers.ts';
import { SipRequest } from './message.ts';

const POLICY: RequestPolicy = {
  methods: new Set(['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'REGISTER']),
  extensions: new Set(['timer', 'path']),
  mediaTypes: new Set(['application/sdp']),
  schemes: new Set(['tel'] as const),
  passedOn: new Set(['INVITE']),
};

interface Case {
  readonly method?: string;
  readonly uri?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** `200` when it passes. */
  readonly outcome: string;
}

const CASES: Record<string, Case> = {
  'a plain INVITE': { outcome: '200' },
  'a method of the standards that is not answered here': { method: 'PUBLISH', outcome: '405 Allow' },
  'a method that nobody knows': { method: 'DANCE', outcome: '501 Allow' },
  'a method in small letters': { method: 'invite', outcome: '501 Allow' },
  'ACK always passes': { method: 'ACK', uri: 'nonsense', outcome: '200' },
  'CANCEL always passes, Require is not looked at': { method: 'CANCEL', headers: { Require: 'x' }, outcome: '200' },
  'a Request-URI that is none': { uri: 'sip:a@', outcome: '400 Malformed Request-URI' },
  'a telephone number': { uri: 'tel:+1201', outcome: '200' },
  'a scheme that is known but not here': { uri: 'sips:a@x', outcome: '416' },
  'a scheme that nobody knows': { uri: 'soap.beep://x', outcome: '416' },
  'headers in the Request-URI': { uri: 'sip:a@x?Route=y', outcome: '400 Headers In Request-URI' },
  'a REGISTER of a telephone number': {
    method: 'REGISTER',
    headers: { To: '<tel:+1>' },
    outcome: '400 To Is No SIP Address',
  },
  'no hop left for what is passed on': { headers: { 'Max-Forwards': '0' }, outcome: '483' },
  'no hop left for what is answered here': { method: 'OPTIONS', headers: { 'Max-Forwards': '0' }, outcome: '200' },
  'one hop left': { headers: { 'Max-Forwards': '1' }, outcome: '200' },
  'hops that are no number': { headers: { 'Max-Forwards': 'x' }, outcome: '400 Malformed Max-Forwards' },
  'too many hops': { headers: { 'Max-Forwards': '256' }, outcome: '400 Malformed Max-Forwards' },
  'an extension that is required and known': { headers: { Require: 'Timer' }, outcome: '200' },
  'an extension that is required and unknown': { headers: { Require: 'timer, x' }, outcome: '420 Unsupported' },
  'an extension that a proxy must know': { headers: { 'Proxy-Require': 'y' }, outcome: '420 Unsupported' },
  'a Contact that is malformed': { headers: { Contact: '<sip:a@b' }, outcome: '400 Malformed Contact' },
  'a star among Contacts': { headers: { Contact: '*, <sip:a@b>' }, outcome: '400 Malformed Contact' },
  'a star alone': { method: 'REGISTER', headers: { Contact: '*' }, outcome: '200' },
  'a Record-Route that is malformed': { headers: { 'Record-Route': '<x>' }, outcome: '400 Malformed Record-Route' },
  'a Route that is malformed': { headers: { Route: 'x y' }, outcome: '400 Malformed Route' },
  'a Path that is malformed': { headers: { Path: '<sip:a>;;' }, outcome: '400 Malformed Path' },
  'a body that is understood': { headers: { 'Content-Type': 'application/SDP' }, body: 'v=0', outcome: '200' },
  'a body that is not': { headers: { 'Content-Type': 'application/x' }, body: 'x', outcome: '415 Accept' },
  'a body type that is malformed': { headers: { 'Content-Type': 'x' }, body: 'x', outcome: '400 Malformed Body' },
  'a type without a body': { headers: { 'Content-Type': 'application/x' }, outcome: '200' },
  'a line break without a type': { body: '\r\n', outcome: '200' },
  'a body that is encoded': {
    headers: { 'Content-Type': 'application/sdp', 'Content-Encoding': 'gzip' },
    body: 'x',
    outcome: '415 Accept-Encoding',
  },
  'the method counts before the URI': { method: 'DANCE', uri: 'soap:x', outcome: '501 Allow' },
  'the URI counts before extensions': { uri: 'soap:x', headers: { Require: 'x' }, outcome: '416' },
  'extensions count before the body': {
    headers: { Require: 'x', 'Content-Type': 'a/b' },
    body: 'x',
    outcome: '420 Unsupported',
  },
};

for (const [name, { method = 'INVITE', uri = 'sip:b@x', headers = {}, body = '', outcome }] of Object.entries(CASES)) {
  test(`request check: ${name}`, () => {
    const list = new HeaderList().append('Via', 'SIP/2.0/UDP h').append('From', '<sip:a@x>;tag=1');
    list
      .append('Call-ID', 'c')
      .append('CSeq', `1 ${method}`)
      .append('To', headers.To ?? '<sip:b@x>');
    for (const [field, value] of Object.entries(headers)) if (field !== 'To') list.append(field, value);
    const refusal = checkRequest(new SipRequest(method, uri, list, Buffer.from(body)), POLICY);
    const detail = refusal?.reason ?? refusal?.headers?.[0]?.[0];
    assert.equal(refusal ? [refusal.status, detail].filter((x) => x !== undefined).join(' ') : '200', outcome);
  });
}
