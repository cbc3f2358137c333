import { replacesOf } from '../dialog-watch.ts';
import type { PhoneCall } from '../phone-call.ts';
import { SimProvider } from '../provider.ts';
import type { OfficeParts } from './callees.ts';
import type { CallAt, Cast } from './cast.ts';
import type { Chance } from './chance.ts';
import type { Diary } from './diary.ts';
import type { Watchers } from './watchers.ts';

/** Something people do while they talk. */
type Move =
  | 'hold'
  | 'resume'
  | 'holdBoth'
  | 'resumeBoth'
  | 'askForOffer'
  | 'digit'
  | 'transfer'
  | 'join'
  | 'pull'
  | 'push'
  | 'mute'
  | 'expel'
  | 'conference';

const MOVES: readonly (readonly [number, Move])[] = [
  [22, 'hold'],
  [20, 'resume'],
  [12, 'holdBoth'],
  [8, 'resumeBoth'],
  [8, 'askForOffer'],
  [10, 'digit'],
  [5, 'transfer'],
  [4, 'join'],
  [6, 'pull'],
  [6, 'push'],
  [9, 'mute'],
  [3, 'expel'],
  [4, 'conference'],
];

const TRANSFER_TARGETS = [
  '4000',
  '4021',
  '4022',
  '4023',
  '4024',
  '4777',
  '80004021',
  '030901820',
  '4031',
  '4100',
  '4101',
];

/** What happens in answered calls: both parties hold, resume, transfer and hang up, also at the same moment. */
export class Conversations {
  readonly #cast: Cast;
  readonly #chance: Chance;
  readonly #diary: Diary;
  readonly #watchers: Watchers;
  readonly #isSlow: boolean;

  constructor({ cast, chance, diary, watchers }: OfficeParts, isSlow: boolean) {
    this.#cast = cast;
    this.#chance = chance;
    this.#diary = diary;
    this.#watchers = watchers;
    this.#isSlow = isSlow;
    for (const endpoint of cast.endpoints) endpoint.onAnswered = (call) => this.#plan({ endpoint, call });
  }

  #plan(caller: CallAt): void {
    let atMs = this.#chance.of(20) ? 0 : this.#chance.moment();
    for (let moves = this.#chance.below(5); moves > 0; moves--) {
      const move = this.#chance.weighted(MOVES);
      this.#diary.later(atMs, () => this.#make(move, caller));
      atMs += this.#chance.moment();
    }
    const lasts =
      this.#isSlow && this.#chance.of(40) ? this.#chance.between(600, 9_000) * 1_000 : this.#chance.moment();
    this.#diary.later(atMs + lasts, () => this.#hangUp(caller));
  }

  #hangUp(caller: CallAt): void {
    const callee = this.#cast.partnerOf(caller.call);
    const who = this.#chance.weighted([
      [40, 'caller'],
      [40, 'callee'],
      [20, 'both'],
    ] as const);
    if (who !== 'callee' || !callee) this.#press(caller, 'hangs up', (at) => at.endpoint.hangUp(at.call));
    if (who !== 'caller' && callee) this.#press(callee, 'hangs up', (at) => at.endpoint.hangUp(at.call));
  }

  #make(move: Move, caller: CallAt): void {
    if (caller.call.state !== 'answered') return;
    const callee = this.#cast.partnerOf(caller.call);
    const one = callee && this.#chance.of(50) ? callee : caller;
    const both = callee ? [caller, callee] : [caller];
    switch (move) {
      case 'hold':
      case 'resume':
        return this.#hold(one, move);
      case 'holdBoth':
        for (const at of both) this.#hold(at, 'hold');
        return;
      case 'resumeBoth':
        for (const at of both) this.#hold(at, 'resume');
        return;
      case 'askForOffer':
        return this.#press(one, 'asks for an offer', (at) => void at.endpoint.askForOffer(at.call));
      case 'digit':
        return this.#press(one, 'presses a digit', (at) => at.endpoint.pressDigit(at.call));
      case 'transfer':
        return this.#transfer(one);
      case 'join':
        return this.#join(one);
      case 'pull':
        return this.#pull(one);
      case 'conference':
        return this.#merge(one);
      case 'push':
        return this.#push(one);
      case 'mute':
        return this.#mute(one);
      case 'expel':
        return this.#expel(one);
    }
  }

  #hold(at: CallAt, what: 'hold' | 'resume'): void {
    const direction = what === 'hold' ? 'sendonly' : 'sendrecv';
    const byUpdate = this.#chance.of(15);
    this.#press(at, `${what}s${byUpdate ? ' by UPDATE' : ''}`, ({ endpoint, call }) => {
      if (!byUpdate || !endpoint.holdByUpdate(call, direction)) endpoint.hold(call, direction);
    });
  }

  #transfer(at: CallAt): void {
    const target = this.#chance.pick(TRANSFER_TARGETS);
    this.#press(at, `transfers to ${target}`, ({ endpoint, call }) => endpoint.transfer(call, target));
  }

  #join(at: CallAt): void {
    const other = at.endpoint.running.find((call) => call !== at.call && call.state === 'answered');
    if (!other) return;
    this.#press(at, 'joins its two calls', ({ endpoint, call }) => endpoint.transferTo(call, other, '4000'));
  }

  /** Another device of the same user takes the call over (RFC 3891). */
  #pull({ endpoint, call }: CallAt): void {
    const { station } = this.#cast.directory.of(endpoint.address);
    const dialog = call.session?.dialog;
    const others = this.#cast.othersOf(endpoint);
    if (station === undefined || !dialog || others.length === 0) return;
    const puller = this.#chance.pick(others);
    const seen = this.#watchers.ofOwn(puller)?.ofCall(dialog.callId);
    this.#diary.note(`${this.#cast.nameOf(puller)} takes over the call of ${this.#cast.nameOf(endpoint)}`);
    const known = `${dialog.callId};to-tag=${dialog.remoteTag};from-tag=${dialog.localTag}`;
    puller.dial(station, { headers: [['Replaces', seen ? replacesOf(seen) : known]] });
  }

  /** The call goes to the other devices of the same user (RFC 3515 to the own number), or to one of them. */
  #push({ endpoint, call }: CallAt): void {
    const { station } = this.#cast.directory.of(endpoint.address);
    if (station === undefined || endpoint instanceof SimProvider) return;
    const devices = this.#cast.othersOf(endpoint).map(({ instance }) => instance ?? 'desk');
    const device = this.#chance.of(50) ? this.#chance.pick([...devices, 'nowhere']) : undefined;
    const where = device === undefined ? '' : ` to ${device}`;
    this.#press({ endpoint, call }, `pushes its call${where}`, (at) => at.endpoint.transfer(at.call, station, device));
  }

  /** Turns the microphone off, or on again. */
  #mute(at: CallAt): void {
    const isMuted = !at.call.microphone.isMuted;
    this.#press(at, isMuted ? 'mutes' : 'unmutes', ({ call }) => call.microphone.set(call.session, isMuted));
  }

  /** Puts somebody out of its conference, who may not be in it. */
  #expel({ endpoint }: CallAt): void {
    const conference = endpoint.running.find(({ dialled }) => dialled === 'conference');
    const number = this.#chance.pick(TRANSFER_TARGETS);
    if (conference)
      this.#press({ endpoint, call: conference }, `expels ${number}`, (at) => at.endpoint.expel(at.call, number));
  }

  /** All its calls come into a conference (RFC 4579). */
  #merge({ endpoint, call }: CallAt): void {
    if (endpoint instanceof SimProvider || call.dialled === 'conference') return;
    this.#press({ endpoint, call }, 'makes a conference', () => {
      const conference = endpoint.dial('conference');
      this.#diary.later(this.#chance.moment(), () => {
        if (conference.state !== 'answered') return;
        for (const other of endpoint.running) if (other !== conference) endpoint.merge(conference, other, '4000');
      });
    });
  }

  #press(at: CallAt, what: string, action: (at: CallAt) => void): void {
    if (!isTalking(at.call)) return;
    this.#diary.note(`${this.#cast.nameOf(at.endpoint)} ${what}`);
    action(at);
  }
}

function isTalking(call: PhoneCall): boolean {
  return call.state === 'answered' && call.session !== undefined;
}
