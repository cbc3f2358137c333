import type { AudioClip } from '../../audio/clip.ts';
import type { ToneSegment } from '../../audio/tone.ts';
import type { MediaHost } from '../host.ts';
import { MusicSource } from '../music.ts';
import type { Paced } from '../pacer.ts';
import { Announcements } from './announcement.ts';
import { ConferenceMember, type MemberOptions } from './member.ts';
import { Mix } from './mix.ts';
import { ActiveSpeaker } from './speaker.ts';

export interface ConferenceOptions {
  /** What the others hear when somebody comes; a short tone unless given. Null: nothing. */
  readonly joinTone?: readonly ToneSegment[] | null;
  readonly leaveTone?: readonly ToneSegment[] | null;
  /** What somebody hears who is alone. Default: silence. */
  readonly waitingMusic?: AudioClip;
  /** Somebody else is speaking now; null when nobody is. */
  readonly onSpeaker?: (member: ConferenceMember | null) => void;
  /** The last member has left. */
  readonly onEmpty?: () => void;
}

export interface ConferenceSnapshot {
  readonly members: number;
  readonly talking: number;
}

export const JOIN_TONE: readonly ToneSegment[] = [
  { frequenciesHz: [520], durationMs: 90 },
  { frequenciesHz: [780], durationMs: 120 },
];
export const LEAVE_TONE: readonly ToneSegment[] = [
  { frequenciesHz: [780], durationMs: 90 },
  { frequenciesHz: [520], durationMs: 120 },
];

/**
 * Any number of parties that hear each other: a frame is mixed every 20 ms, before the endpoints of the members send it. A
 * member is an endpoint like any other; closing it leaves the conference.
 */
export class Conference implements Paced {
  readonly #host: MediaHost;
  readonly #options: ConferenceOptions;
  readonly #members = new Set<ConferenceMember>();
  readonly #mix = new Mix();
  readonly #announcements = new Announcements();
  readonly #speaker = new ActiveSpeaker();
  readonly #music: MusicSource | undefined;

  constructor(host: MediaHost, options: ConferenceOptions = {}) {
    this.#host = host;
    this.#options = options;
    if (options.waitingMusic) this.#music = new MusicSource(options.waitingMusic, host.clock);
  }

  get members(): ReadonlySet<ConferenceMember> {
    return this.#members;
  }

  get speaker(): ConferenceMember | null {
    return this.#speaker.current;
  }

  /** A new member; it is heard and hears as soon as its stream is agreed. */
  join(options: MemberOptions = {}): ConferenceMember {
    const member = new ConferenceMember(this.#host, options, (left) => this.#leave(left));
    // The conference ticks before its members do: what they send is of this tick.
    if (this.#members.size === 0) this.#host.pacer.add(this);
    else this.announce(this.#options.joinTone === undefined ? JOIN_TONE : (this.#options.joinTone ?? []));
    this.#members.add(member);
    return member;
  }

  /** Everybody hears these tones. */
  announce(segments: readonly ToneSegment[]): void {
    if (segments.length > 0) this.#announcements.add(segments);
  }

  /** Ends the conference and closes all members. */
  close(): void {
    for (const member of [...this.#members]) member.close();
  }

  tick(nowMs: number): void {
    for (const { talker } of this.#members) talker.next(nowMs);
    const talkers = [...this.#members].map(({ talker }) => talker);
    this.#mix.begin(talkers, this.#announcements.next());
    const isAlone = this.#members.size === 1;
    for (const member of this.#members) {
      if (isAlone && this.#music) member.hearMusic(this.#music);
      else member.hear(this.#mix);
    }
    if (this.#speaker.next(this.#members)) this.#host.notify(this.#options.onSpeaker, this.#speaker.current);
  }

  snapshot(): ConferenceSnapshot {
    const talking = [...this.#members].filter(({ talker }) => talker.isTalking).length;
    return { members: this.#members.size, talking };
  }

  #leave(member: ConferenceMember): void {
    if (!this.#members.delete(member)) return;
    if (this.#speaker.forget(member)) this.#host.notify(this.#options.onSpeaker, null);
    if (this.#members.size === 0) {
      this.#host.pacer.remove(this);
      return this.#host.notify(this.#options.onEmpty, undefined);
    }
    this.announce(this.#options.leaveTone === undefined ? LEAVE_TONE : (this.#options.leaveTone ?? []));
  }
}

/** A conference on this host. */
export function createConference(host: MediaHost, options: ConferenceOptions = {}): Conference {
  return new Conference(host, options);
}
