import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { powerAt, rms } from '../../analysis/energy.ts';
import { AudioClip } from '../../audio/clip.ts';
import { audioCodec } from '../../codec/codec.ts';
import { RTP_HEADER_OCTETS, writeRtpHeader } from '../../rtp/packet.ts';
import { sequenceDistance } from '../../rtp/sequence.ts';
import type { CodecName } from '../../sdp/negotiation.ts';
import { Lab } from '../../testing/lab.ts';
import type { Phone } from '../../testing/phone.ts';
import type { MemoryNetworkConditions } from '../memory-network.ts';
import { type Conference, type ConferenceOptions, createConference } from './conference.ts';
import type { ConferenceMember, MemberOptions } from './member.ts';

const NUMBERS: Readonly<Record<CodecName, number>> = { PCMU: 0, PCMA: 8, G722: 9 };

/** A phone in a conference that says a tone, or nothing. */
class Guest {
  readonly phone: Phone;
  readonly member: ConferenceMember;
  readonly toneHz: number;
  isSpeaking = true;
  readonly #codec: CodecName;
  readonly #encoder;
  readonly #to: { address: string; port: number };
  #frames = 0;

  constructor(
    phone: Phone,
    member: ConferenceMember,
    codec: CodecName,
    toneHz: number,
    to: { address: string; port: number },
  ) {
    this.phone = phone;
    this.member = member;
    this.toneHz = toneHz;
    this.#codec = codec;
    this.#encoder = audioCodec(codec).createEncoder();
    this.#to = to;
  }

  speak(): void {
    const { sampleRateHz } = audioCodec(this.#codec);
    const samples = sampleRateHz / 50;
    const amplitude = this.isSpeaking ? 6_000 : 0;
    const pcm = Int16Array.from({ length: samples }, (_, i) =>
      Math.round(amplitude * Math.sin((2 * Math.PI * this.toneHz * (this.#frames * samples + i)) / sampleRateHz)),
    );
    const packet = Buffer.alloc(RTP_HEADER_OCTETS + 160);
    writeRtpHeader(packet, false, NUMBERS[this.#codec], this.#frames & 0xffff, this.#frames * 160, this.phone.port);
    this.#encoder.encode(pcm, 0, samples, packet, RTP_HEADER_OCTETS);
    this.phone.raw(this.#to, packet);
    this.#frames++;
  }

  /** Amplitude of a tone in the last half second it heard, packets put in order. */
  hears(toneHz: number): number {
    const { sampleRateHz } = audioCodec(this.#codec);
    this.phone.heard.sort((a, b) => sequenceDistance(b.header.sequenceNumber, a.header.sequenceNumber));
    const last = this.phone.pcm().slice(-sampleRateHz / 2);
    return Math.sqrt(2 * powerAt(last, sampleRateHz, toneHz));
  }

  get level(): number {
    const { sampleRateHz } = audioCodec(this.#codec);
    return rms(this.phone.pcm().slice(-sampleRateHz / 4));
  }
}

class Room {
  readonly lab: Lab;
  readonly conference: Conference;
  readonly guests: Guest[] = [];
  readonly speakers: (number | null)[] = [];
  isEmpty = false;

  constructor(options: ConferenceOptions = {}, conditions: Partial<MemoryNetworkConditions> = {}) {
    this.lab = new Lab({}, conditions);
    this.conference = createConference(this.lab.host, {
      onSpeaker: (member) => this.speakers.push(this.guests.find((guest) => guest.member === member)?.toneHz ?? null),
      onEmpty: () => {
        this.isEmpty = true;
      },
      ...options,
    });
  }

  async enter(toneHz: number, codec: CodecName = 'PCMA', options: MemberOptions = {}): Promise<Guest> {
    const member = this.conference.join(options);
    const phone = this.lab.phone(codec, `192.0.2.${20 + this.guests.length}`);
    const to = await this.lab.connect(member, phone.offer());
    const guest = new Guest(phone, member, codec, toneHz, to);
    this.guests.push(guest);
    return guest;
  }

  run(ms: number): void {
    for (let passed = 0; passed < ms; passed += 20) {
      for (const guest of this.guests) guest.speak();
      this.lab.clock.advance(20);
    }
  }

  close(): void {
    this.conference.close();
    this.lab.assertEmpty();
    assert.equal(this.isEmpty, true);
  }
}

describe('conference', () => {
  it('each hears all others and not itself, in every codec', async () => {
    const room = new Room();
    const guests = [
      await room.enter(440, 'PCMA'),
      await room.enter(700, 'PCMU'),
      await room.enter(1_000, 'G722'),
      await room.enter(1_300, 'G722'),
    ];
    room.run(2_000);
    for (const guest of guests) {
      for (const other of guests) {
        const amplitude = guest.hears(other.toneHz);
        if (other === guest) assert.ok(amplitude < 200, `${guest.toneHz} hears itself: ${amplitude}`);
        else assert.ok(amplitude > 4_500 && amplitude < 7_000, `${guest.toneHz} hears ${other.toneHz}: ${amplitude}`);
      }
    }
    room.close();
  });

  it('through loss, jitter and disorder', async () => {
    const room = new Room({}, { delayMs: 20, jitterMs: 60, lossRatio: 0.03, duplicateRatio: 0.02 });
    const [a, b] = [await room.enter(440), await room.enter(1_000, 'G722')];
    room.run(6_000);
    assert.ok(a.hears(1_000) > 3_500, `${a.hears(1_000)}`);
    assert.ok(b.hears(440) > 3_500, `${b.hears(440)}`);
    assert.ok(a.hears(440) < 300);
    const { late, lost, delayMs } = a.member.talker.snapshot();
    assert.ok(late + lost < 40, `${late} late, ${lost} lost of 300`);
    assert.ok(delayMs >= 60, `${delayMs} ms`);
    room.close();
  });

  it('who is muted hears and is not heard', async () => {
    const room = new Room();
    const [a, b] = [await room.enter(440), await room.enter(1_000, 'PCMA', { isMuted: true })];
    room.run(1_500);
    assert.ok(a.level < 50 && b.hears(440) > 4_500);
    b.member.mute(false);
    room.run(1_000);
    assert.ok(a.hears(1_000) > 4_500);
    room.close();
  });

  it('all who say nothing get the very same octets, encoded once', async () => {
    const room = new Room({ joinTone: null });
    const speaker = await room.enter(440);
    const listeners = [await room.enter(1, 'PCMA'), await room.enter(2, 'PCMA'), await room.enter(3, 'PCMA')];
    for (const listener of listeners) listener.isSpeaking = false;
    room.run(1_000);
    const [first, ...others] = listeners.map((listener) =>
      listener.phone
        .audio()
        .slice(-20)
        .map(({ payload }) => payload),
    );
    for (const other of others) assert.deepEqual(other, first);
    assert.ok(listeners.every((listener) => listener.hears(440) > 4_500));
    assert.ok(speaker.level < 50, 'nobody speaks to the speaker');
    room.close();
  });

  it('tells who has the floor: the loudest, not at every breath, and nobody after a while', async () => {
    const room = new Room({ joinTone: null });
    const [a, b] = [await room.enter(440), await room.enter(1_000)];
    b.isSpeaking = false;
    room.run(1_000);
    assert.deepEqual(room.speakers, [440]);
    a.isSpeaking = false;
    room.run(200);
    a.isSpeaking = true;
    room.run(400);
    assert.deepEqual(room.speakers, [440], 'a pause between words');
    a.isSpeaking = false;
    b.isSpeaking = true;
    room.run(1_000);
    assert.deepEqual(room.speakers, [440, 1_000]);
    b.isSpeaking = false;
    room.run(3_000);
    assert.deepEqual(room.speakers, [440, 1_000, null]);
    assert.equal(room.conference.speaker, null);
    room.close();
  });

  it('those who are there hear who comes and goes', async () => {
    const room = new Room();
    const a = await room.enter(440);
    room.run(400);
    assert.ok(a.level < 10, 'nothing for the first');
    const b = await room.enter(1_000);
    for (const guest of room.guests) guest.isSpeaking = false;
    room.run(240);
    assert.ok(a.level > 300, `somebody comes: ${a.level}`);
    room.run(1_000);
    assert.ok(a.level < 10);
    b.member.close();
    room.guests.pop();
    room.run(240);
    assert.ok(a.level > 300, `somebody goes: ${a.level}`);
    assert.equal(room.conference.snapshot().members, 1);
    room.close();
  });

  it('who is alone hears music until somebody comes', async () => {
    const music = AudioClip.ofTone([{ frequenciesHz: [600], durationMs: 5_000 }]);
    const room = new Room({ waitingMusic: music, joinTone: null });
    const a = await room.enter(440);
    room.run(1_000);
    assert.ok(a.hears(600) > 4_500);
    const b = await room.enter(1_000);
    room.run(1_500);
    assert.ok(a.hears(600) < 100 && a.hears(1_000) > 4_500);
    assert.ok(b.hears(440) > 4_500);
    room.close();
  });

  it('loud ones together are loud and do not wrap round', async () => {
    const room = new Room({ joinTone: null });
    for (let i = 0; i < 9; i++) await room.enter(440);
    const listener = await room.enter(1_000);
    listener.isSpeaking = false;
    room.run(1_000);
    assert.ok(listener.level > 15_000, `${listener.level}`);
    assert.ok(listener.hears(440) > 25_000, `${listener.hears(440)}`);
    room.close();
  });
});
