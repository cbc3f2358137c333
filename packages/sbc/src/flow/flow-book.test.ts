import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Flow, parseMessage, SeededRandom, type SipRequest, VirtualClock } from '@unisono/sip';
import { FlowBook } from './flow-book.ts';
import { registrationKey } from './registration-key.ts';

function connection(id: string): Flow & { isOpen: boolean } {
  return {
    id,
    transport: 'wss',
    localAddress: '203.0.113.1',
    localPort: 443,
    remoteAddress: '198.51.100.7',
    remotePort: 50_000,
    isReliable: true,
    isOpen: true,
  };
}

function datagrams(port: number): Flow {
  return { ...connection(`udp ${port}`), transport: 'udp', remotePort: port, isReliable: false };
}

const ANNA = 'anna-clients@office.example';

function open() {
  const clock = new VirtualClock();
  const book = new FlowBook(clock, new SeededRandom(1));
  const [first, second, third] = [connection('1'), connection('2'), connection('3')];
  const close = (flow: Flow & { isOpen: boolean }) => {
    flow.isOpen = false;
    book.onFlowClosed(flow);
  };
  return { clock, book, first, second, third, close };
}

describe('where a client is', () => {
  test('at the flow that was named, until it closes', () => {
    const { book, first, close } = open();
    const ref = book.refOf(first);
    assert.equal(book.find(ref), first);
    close(first);
    assert.equal(book.find(ref), undefined);
    assert.equal(book.size, 0);
  });

  test('at the flow on which its registration was accepted last, be the old one closed or only forgotten', () => {
    for (const isClosed of [true, false]) {
      const { book, first, second, close } = open();
      book.registered(first, 'key', ANNA, 600);
      const ref = book.refOf(first, ANNA);
      assert.equal(ref.registration, 'key');
      if (isClosed) close(first);
      book.registered(second, 'key', ANNA, 600);
      assert.equal(book.find(ref), second);
      assert.equal(book.isAt(ref, second), true);
      assert.equal(book.isAt(ref, first), false);
    }
  });

  test('a call that began before the registration is found by it as well', () => {
    const { book, first, second, close } = open();
    const ref = book.refOf(first);
    assert.equal(ref.registration, '');
    book.registered(first, 'key', ANNA, 600);
    close(first);
    book.registered(second, 'key', ANNA, 600);
    assert.equal(book.find(ref), second);
  });

  test('after a restart, a token that names a registration finds the flow on which it comes back', () => {
    const { book, first } = open();
    book.registered(first, 'key', ANNA, 600);
    assert.equal(book.find({ name: 'of another life', registration: 'key' }), first);
  });

  test('where it has proved to be within a dialog, and further on from there', () => {
    const { book, first, second, third, close } = open();
    const ref = book.refOf(first);
    close(first);
    book.moved(ref, second);
    assert.equal(book.find(ref), second);
    close(second);
    assert.equal(book.find(ref), undefined);
    book.moved(book.refOf(second), third);
    book.moved(ref, third);
    assert.equal(book.find(ref), third);
  });

  test('going back and forth between two flows makes no circle', () => {
    const { book, first, second } = open();
    const [a, b] = [book.refOf(first), book.refOf(second)];
    book.moved(a, second);
    book.moved(b, first);
    assert.equal(book.find(b), first);
    book.moved(a, second);
    assert.ok(book.find(a));
  });

  test('another address of record on the same flow is another registration', () => {
    const { book, first, second } = open();
    book.registered(first, 'anna', ANNA, 600);
    book.registered(first, 'ben', 'ben@office.example', 600);
    const [anna, ben] = [book.refOf(first, ANNA), book.refOf(first, 'ben@office.example')];
    book.registered(second, 'ben', 'ben@office.example', 600);
    assert.equal(book.find(anna), first);
    assert.equal(book.find(ben), second);
    assert.equal(book.refOf(first, 'carla@office.example').registration, '');
  });

  test('a registration that was taken back leads nowhere', () => {
    const { book, first, second, close } = open();
    book.registered(first, 'key', ANNA, 600);
    const ref = book.refOf(first, ANNA);
    close(first);
    book.registered(second, 'key', ANNA, 600);
    book.registered(second, 'key', ANNA, 0);
    assert.equal(book.find(ref), undefined);
  });

  test('datagrams go to the address pair, which needs no memory', () => {
    const { clock, book } = open();
    const ref = book.refOf(datagrams(5060));
    const restarted = new FlowBook(clock, new SeededRandom(2));
    assert.deepEqual(restarted.find(ref), {
      transport: 'udp',
      address: '198.51.100.7',
      port: 5060,
      localAddress: '203.0.113.1',
    });
    assert.equal(restarted.isAt(ref, datagrams(5060)), true);
    assert.equal(restarted.isAt(ref, datagrams(5061)), false);
    restarted.moved(ref, datagrams(5061));
    assert.equal(restarted.isAt(ref, datagrams(5061)), true);
  });
});

describe('the name of a registration', () => {
  const contact = '<sip:x@abc.invalid;transport=ws>;reg-id=1;+sip.instance="<urn:uuid:1>"';
  const keyOf = (contacts: string, to = 'sip:anna-clients@office.example') =>
    registrationKey(register(contacts, to))?.key;

  test('is that of address of record, instance and reg-id, whatever the contact', () => {
    assert.equal(keyOf(contact), keyOf(contact.replace('x@abc', 'y@def')));
    assert.notEqual(keyOf(contact), keyOf(contact.replace('reg-id=1', 'reg-id=2')));
    assert.notEqual(keyOf(contact), keyOf(contact.replace('uuid:1', 'uuid:2')));
  });

  test('cannot be had by another account', () => {
    assert.notEqual(keyOf(contact), keyOf(contact, 'sip:ben-clients@office.example'));
  });

  test('is the contact where there is no instance, and nothing without exactly one contact', () => {
    assert.notEqual(keyOf('<sip:4020@192.0.2.1>'), keyOf('<sip:4020@192.0.2.2>'));
    for (const none of ['*', '<sip:a@b>, <sip:c@d>']) assert.equal(keyOf(none), undefined);
  });
});

function register(contact: string, to: string): SipRequest {
  const parsed = parseMessage(
    Buffer.from(
      `REGISTER sip:office.example SIP/2.0\r\nVia: SIP/2.0/WSS a.invalid;branch=z9hG4bK1\r\nFrom: <${to}>;tag=1\r\nTo: <${to}>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nContact: ${contact}\r\nContent-Length: 0\r\n\r\n`,
    ),
  );
  assert.ok(parsed.ok && parsed.message.kind === 'request');
  return parsed.message;
}
