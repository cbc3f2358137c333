import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../testing/seeded-random.ts';
import { type DtmfDigit, DtmfReceiver } from './dtmf-receiver.ts';
import { DtmfSender, isDialString } from './dtmf-sender.ts';
import { digitOfEvent, eventOfDigit, writeTelephoneEvent } from './telephone-event.ts';

const FRAME = 160;
const START = 0xffff_ff00;

interface SentEvent {
  readonly frame: number;
  readonly timestamp: number;
  readonly event: number;
  readonly isEnd: boolean;
  readonly duration: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

/** What a dial string becomes over `frames` frames of 20 ms; the timestamps cross the wrap. */
function played(digits: string, frames: number): SentEvent[] {
  const sender = new DtmfSender();
  sender.enqueue(digits);
  const events: SentEvent[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const payload = Buffer.alloc(4);
    if (!sender.write(payload, 0, (START + frame * FRAME) >>> 0, FRAME)) continue;
    const { timestamp, marker } = sender;
    const isEnd = (payload[1]! & 0x80) !== 0;
    events.push({ frame, timestamp, event: payload[0]!, isEnd, duration: payload.readUInt16BE(2), marker, payload });
  }
  assert.ok(sender.isIdle, 'everything was played');
  return events;
}

function received(packets: readonly Pick<SentEvent, 'payload' | 'timestamp' | 'frame'>[]): DtmfDigit[] {
  const digits: DtmfDigit[] = [];
  const receiver = new DtmfReceiver((digit) => digits.push(digit));
  for (const { payload, timestamp, frame } of packets)
    receiver.receive(payload, 0, payload.length, timestamp, frame * 20);
  receiver.expire(1e9);
  return digits;
}

function text(digits: readonly DtmfDigit[]): string {
  return digits.map(({ digit }) => digit).join('');
}

describe('events (RFC 4733 §3.2)', () => {
  it('digits have the codes of the table', () => {
    for (const [code, digit] of [...'0123456789*#ABCD'].entries()) {
      assert.equal(eventOfDigit(digit), code);
      assert.equal(digitOfEvent(code), digit);
    }
    assert.deepEqual(
      [eventOfDigit('a'), eventOfDigit('x'), eventOfDigit(''), eventOfDigit('12')],
      [12, undefined, undefined, undefined],
    );
    assert.equal(digitOfEvent(16), undefined);
  });

  it('§2.3: payload of digit 5, volume 10, end, 1600 units', () => {
    const payload = Buffer.alloc(4);
    writeTelephoneEvent(payload, 0, 5, true, 10, 1_600);
    assert.equal(payload.toString('hex'), '058a0640');
  });

  it('dial strings are digits and pauses', () => {
    assert.deepEqual(['123', '0,,*#A', '12 3', ''].map(isDialString), [true, true, false, false]);
  });
});

describe('sending a dial string', () => {
  it('one digit: 200 ms, marker first, three ends, one timestamp', () => {
    const events = played('5', 20);
    assert.deepEqual(
      events.map((e) => e.duration),
      [160, 320, 480, 640, 800, 960, 1_120, 1_280, 1_440, 1_600, 1_600, 1_600],
    );
    assert.deepEqual(
      events.map((e) => e.marker),
      [true, ...new Array(11).fill(false)],
    );
    assert.deepEqual(
      events.map((e) => e.isEnd),
      [...new Array(9).fill(false), true, true, true],
    );
    assert.deepEqual(new Set(events.map((e) => e.timestamp)), new Set([START]));
  });

  it('digits are 200 ms on and 50 ms apart, to the unit', () => {
    const events = played('123', 60);
    const starts = [...new Set(events.map((e) => e.timestamp))];
    assert.deepEqual(starts, [START, (START + 2_000) >>> 0, (START + 4_000) >>> 0]);
    for (const start of starts) {
      assert.equal(Math.max(...events.filter((e) => e.timestamp === start).map((e) => e.duration)), 1_600);
    }
  });

  it('a comma waits two seconds', () => {
    const events = played('1,2', 150);
    const second = events.find((e) => e.event === 2);
    assert.equal(((second?.timestamp ?? 0) - START) >>> 0, 2_000 + 16_000);
  });

  it('what is added while playing comes behind it', () => {
    const sender = new DtmfSender();
    const payload = Buffer.alloc(4);
    const heard: number[] = [];
    sender.enqueue('1');
    for (let frame = 0; frame < 40; frame++) {
      if (frame === 5) sender.enqueue('2');
      if (sender.write(payload, 0, frame * FRAME, FRAME)) heard.push(payload[0]!);
    }
    assert.deepEqual([...new Set(heard)], [1, 2]);
  });

  it('cleared, it is silent at once and starts afresh', () => {
    const sender = new DtmfSender();
    const payload = Buffer.alloc(4);
    sender.enqueue('1');
    sender.write(payload, 0, 0, FRAME);
    sender.clear();
    assert.equal(sender.write(payload, 0, FRAME, FRAME), false);
    sender.enqueue('2');
    assert.equal(sender.write(payload, 0, 2 * FRAME, FRAME), true);
    assert.deepEqual([payload[0], payload.readUInt16BE(2), sender.marker], [2, 160, true]);
  });
});

describe('receiving digits', () => {
  const number = '0123456789*#ABCD';
  const packets = played(number, 300);

  it('each digit once, with its length', () => {
    const digits = received(packets);
    assert.equal(text(digits), number);
    assert.ok(digits.every(({ durationMs }) => durationMs === 200));
  });

  it('§2.5.2.2: also when all but one end are lost', () => {
    const kept = packets.filter((p, i) => !(p.isEnd && packets[i - 1]?.isEnd));
    assert.equal(text(received(kept)), number);
  });

  it('§2.5.2.1: also when every end is lost', () => {
    const digits = received(packets.filter((p) => !p.isEnd));
    assert.equal(text(digits), number);
    assert.ok(digits.every(({ durationMs }) => durationMs >= 180 && durationMs < 200));
  });

  it('also when only ends arrive', () => {
    assert.equal(text(received(packets.filter((p) => p.isEnd))), number);
  });

  it('tells the length of each, not of the longest so far', () => {
    const digits: DtmfDigit[] = [];
    const receiver = new DtmfReceiver((digit) => digits.push(digit));
    receiver.receive(Buffer.from('018a0640', 'hex'), 0, 4, 1_000, 0);
    receiver.receive(Buffer.from('028a0320', 'hex'), 0, 4, 3_000, 250);
    assert.deepEqual(
      digits.map(({ durationMs }) => durationMs),
      [200, 100],
    );
  });

  it('the same digit twice is two digits', () => {
    assert.equal(text(received(played('55', 40))), '55');
  });

  it('late packets of a digit that is over do not count again', () => {
    const [one, two] = [packets.filter((p) => p.event === 1), packets.filter((p) => p.event === 2)];
    assert.equal(text(received([...one, ...two, ...one])), '12');
  });

  it('silence ends a digit whose packets stopped', () => {
    const digits: DtmfDigit[] = [];
    const receiver = new DtmfReceiver((digit) => digits.push(digit));
    const first = packets[0]!;
    receiver.receive(first.payload, 0, 4, first.timestamp, 0);
    receiver.expire(199);
    assert.equal(digits.length, 0);
    receiver.expire(200);
    assert.deepEqual(digits, [{ digit: '0', durationMs: 20 }]);
  });

  it('a sender that starts its clock again is heard again', () => {
    const digits: DtmfDigit[] = [];
    const receiver = new DtmfReceiver((digit) => digits.push(digit));
    const feed = (timestamp: number) => receiver.receive(Buffer.from('018a0640', 'hex'), 0, 4, timestamp, 0);
    feed(1_000_000);
    feed(1_000);
    receiver.restart();
    feed(999);
    assert.equal(text(digits), '111');
  });

  it('ignores events that are no digits, and cut payloads', () => {
    const digits: DtmfDigit[] = [];
    const receiver = new DtmfReceiver((digit) => digits.push(digit));
    receiver.receive(Buffer.from('108a0640', 'hex'), 0, 4, 1, 0);
    receiver.receive(Buffer.from('018a06', 'hex'), 0, 3, 2, 0);
    assert.deepEqual(digits, []);
  });

  it('hears every dial string through a network that loses a third, doubles and swaps', () => {
    const dial = fc.stringMatching(/^[0-9*#A-D]{1,12}$/);
    fc.assert(
      fc.property(dial, fc.nat(), (digits, seed) => {
        const random = new SeededRandom(seed);
        const sent = played(digits, digits.length * 13 + 5);
        const arrived = sent.flatMap((p) => (random.int(3) === 0 ? [] : random.int(10) === 0 ? [p, p] : [p]));
        for (let i = 1; i < arrived.length; i++) {
          if (random.int(8) === 0) [arrived[i - 1], arrived[i]] = [arrived[i]!, arrived[i - 1]!];
        }
        // Of twelve packets of a digit all are lost once in 3^12: such strings prove nothing.
        fc.pre(new Set(arrived.map((p) => p.timestamp)).size === digits.length);
        assert.equal(text(received(arrived)), digits);
      }),
    );
  });
});
