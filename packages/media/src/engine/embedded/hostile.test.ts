import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { writeRtpHeader } from '../../rtp/packet.ts';
import { mutate } from '../../testing/mutate.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { PLAIN } from '../engine.ts';
import { EmbeddedLab, INSIDE, OUTSIDE, sdpOf } from './testing/lab.ts';

const BROWSER = '192.0.2.50';
const PHONE = '10.0.0.20';
const ROUNDS = 3_000;

/** A browser in a call with a phone, connected and talking. */
async function connected() {
  const lab = await EmbeddedLab.open();
  const [browser, phone] = [lab.browser(BROWSER), lab.phone(PHONE)];
  const key = { callId: 'call', fromTag: 'a', viaBranch: 'z9' };
  phone.sendTo(
    sdpOf(await lab.engine.offer({ ...key, sdp: browser.sdp(), from: OUTSIDE, to: INSIDE, profile: PLAIN })),
  );
  browser.take(sdpOf(await lab.engine.answer({ ...key, toTag: 'b', sdp: phone.sdp(), from: INSIDE })));
  await browser.connect();
  browser.say();
  phone.talk(1);
  lab.clock.advance(10);
  assert.deepEqual([phone.heard.length, browser.heard.length], [1, 1]);
  return { lab, browser, phone };
}

/** What may come to a port: a check, a hello, speech, a report. */
function seeds(): Buffer[] {
  const rtp = Buffer.alloc(60, 0x33);
  writeRtpHeader(rtp, false, 8, 77, 1_000, 0xb0b);
  return [
    Buffer.from('000100002112a442000000000000000000000001', 'hex'),
    Buffer.from(`16feff00000000000000000020010000140000000000000014fefd${'ab'.repeat(18)}`, 'hex'),
    Buffer.from(`17fefd0001000000000001001000010000000000${'00'.repeat(9)}`, 'hex'),
    rtp,
    Buffer.from('80c8000600000b0b000000010000000200000003000000040000000580c900010000ffff', 'hex'),
    Buffer.from('81cd000300000b0b00000c0c00010000', 'hex'),
  ];
}

describe('garbage at the ports of a running call', () => {
  for (const [who, port] of [
    ['the browser itself', 50_000],
    ['its neighbour', 50_009],
  ] as const) {
    test(`from ${who}: nothing of it is heard, and the call goes on`, async () => {
      const { lab, browser, phone } = await connected();
      const neighbour = lab.phone(BROWSER, 50_008);
      const random = new SeededRandom(port);
      const kinds = seeds();
      for (let i = 0; i < ROUNDS; i++) {
        const octets = mutate(kinds[random.int(kinds.length)] as Buffer, random);
        if (port === 50_000) browser.raw(octets);
        else neighbour.raw(octets, browser.remote.port, browser.remote.address);
        if (i % 100 === 0) lab.clock.advance(2);
      }
      lab.clock.advance(10);
      assert.deepEqual([phone.heard.length, phone.others.length, phone.reports.length], [1, 0, 0]);
      browser.say();
      phone.talk(1);
      lab.clock.advance(10);
      assert.deepEqual([phone.heard.length, browser.heard.length, lab.lost.length], [2, 2, 0]);
      const dropped = (await lab.engine.query('call'))?.legs[0]?.packetsDropped ?? 0;
      assert.ok(dropped > ROUNDS / 2, `${dropped} dropped`);
      await lab.close();
    });
  }

  test('from the phone: it may say what it likes, and harms only itself', async () => {
    const { lab, browser, phone } = await connected();
    const random = new SeededRandom(7);
    const kinds = seeds();
    for (let i = 0; i < ROUNDS; i++) {
      const octets = mutate(kinds[random.int(kinds.length)] as Buffer, random);
      if (i % 2 === 0) phone.raw(octets);
      else phone.rawRtcp(octets);
      if (i % 100 === 0) lab.clock.advance(2);
    }
    lab.clock.advance(10);
    const before = browser.heard.length;
    phone.talk(5);
    browser.say();
    lab.clock.advance(10);
    assert.equal(browser.heard.length - before, 5);
    assert.equal(lab.lost.length, 0);
    await lab.close();
  });

  test('packets that are played again are not heard again', async () => {
    const { lab, browser, phone } = await connected();
    const wire: Buffer[] = [];
    const { raw } = browser;
    browser.raw = (octets) => {
      wire.push(Buffer.from(octets));
      raw.call(browser, octets);
    };
    for (let i = 0; i < 5; i++) browser.say();
    for (const octets of wire) raw.call(browser, octets);
    lab.clock.advance(10);
    assert.equal(phone.heard.length, 6);
    await lab.close();
  });

  test('datagrams of any size, empty ones too', async () => {
    const { lab, browser, phone } = await connected();
    for (let octets = 0; octets < 3_000; octets += 7) {
      for (const first of [0x00, 0x16, 0x80, 0xff]) browser.raw(Buffer.alloc(octets, first));
      phone.raw(Buffer.alloc(octets, 0x80));
      lab.clock.advance(1);
    }
    phone.talk(1);
    lab.clock.advance(10);
    assert.equal(lab.lost.length, 0);
    await lab.close();
  });
});

test('garbage in the middle of the handshake does not end it', async () => {
  const lab = await EmbeddedLab.open();
  const [browser, phone] = [lab.browser(BROWSER), lab.phone(PHONE)];
  const key = { callId: 'call', fromTag: 'a', viaBranch: 'z9' };
  phone.sendTo(
    sdpOf(await lab.engine.offer({ ...key, sdp: browser.sdp(), from: OUTSIDE, to: INSIDE, profile: PLAIN })),
  );
  browser.take(sdpOf(await lab.engine.answer({ ...key, toTag: 'b', sdp: phone.sdp(), from: INSIDE })));
  const random = new SeededRandom(99);
  const garbage = seeds().filter((octets) => octets[0] === 0x16 || octets[0] === 0x17);
  const { raw } = browser;
  browser.raw = (octets) => {
    for (let i = 0; i < 3; i++) {
      const damaged = mutate(random.int(2) === 0 ? octets : (garbage[random.int(garbage.length)] as Buffer), random);
      // A damaged piece of the peer's own message that comes first is taken for it: DTLS has no defence but time.
      if (
        (damaged[0] ?? 0) >= 20 &&
        damaged[13] !== undefined &&
        damaged.equals(octets) === false &&
        octets[0] !== 0x16
      ) {
        raw.call(browser, damaged);
      }
    }
    raw.call(browser, octets);
  };
  await browser.connect();
  browser.say();
  lab.clock.advance(10);
  assert.equal(phone.heard.length, 1);
  await lab.close();
});
