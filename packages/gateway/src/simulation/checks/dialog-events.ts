import type { System } from '@unisono/pbx';
import type { CallBook } from '../call-book.ts';
import type { SeenDialog } from '../dialog-watch.ts';
import { directionOf, isAnonymous, isLive, type Leg } from '../leg.ts';
import type { PhoneCall } from '../phone-call.ts';
import { directionOf as audioOf } from '../phone-media.ts';
import type { Cast } from '../scenario/cast.ts';
import type { Watcher } from '../scenario/watchers.ts';
import type { WireMessage } from '../wire.ts';
import type { Check, CheckContext } from './check.ts';
import { callIdOf } from './media.ts';

/** Who is who, and with whom a call is. */
type People = Pick<Cast, 'nameOf' | 'at' | 'partnerOf'>;

/** What is needed to know what devices have. */
interface Truth {
  readonly book: CallBook;
  readonly cast: People;
  readonly system: () => System;
  /** The device cannot be reached, or could not since then: nobody knows what it has. */
  isUnknown(leg: Leg): boolean;
}

/**
 * What watchers of a station are told agrees with what its devices have (RFC 4235): every dialog once, with the tags by
 * which it can be taken over, none that is over, with whom, who called whom, who holds and whose microphone is off. It is
 * asked as soon as nothing has happened at the station for as long as news may take.
 */
export function truthfulDialogs(
  { report, book, expectations }: CheckContext,
  watchers: readonly Watcher[],
  cast: People,
  system: () => System,
): Check {
  const isUnknown = ({ address, invitedAtMs }: Leg) => expectations.troubledUntilMs(address) > invitedAtMs;
  const truth = { book, cast, system, isUnknown };
  const watched = new Set(watchers.map(({ station }) => station));
  /** Station → when something of its calls last passed the door, since it was looked at. */
  const touched = new Map<string, number>();
  let diedAtMs = -1;

  const judge = (station: string, sinceMs: number, nowMs: number) => {
    for (const watcher of watchers) {
      if (watcher.station !== station || !isCurrent(watcher, Math.max(sinceMs, diedAtMs), nowMs)) continue;
      for (const problem of problemsOf(watcher, truth, nowMs)) report(`${nameOf(watcher, cast)} ${problem}`);
    }
  };

  /** The watcher has had a subscription for long enough, and was there all the time. */
  const isCurrent = ({ watch, sinceMs, phone }: Watcher, quietSinceMs: number, nowMs: number) => {
    const isSubscribed = watch?.subscription?.state === 'active';
    const wasAway = phone.troubledUntilMs >= sinceMs || sinceMs < diedAtMs;
    return isSubscribed && !wasAway && nowMs - Math.max(sinceMs, quietSinceMs) > expectations.deliveryMs;
  };

  const judgeQuiet = (nowMs: number) => {
    for (const [station, atMs] of touched) {
      if (nowMs - atMs <= expectations.deliveryMs) continue;
      touched.delete(station);
      judge(station, atMs, nowMs);
    }
  };

  return {
    name: 'truthful dialogs',
    onWire(wire) {
      for (const problem of bodyProblems(wire, system())) report(problem);
      const leg = book.legs.get(wire.message.callId);
      for (const { who } of leg?.group.legs ?? []) {
        if (who.station !== undefined && watched.has(who.station)) touched.set(who.station, wire.atMs);
      }
      judgeQuiet(wire.atMs);
    },
    onDeath(nowMs) {
      diedAtMs = nowMs;
      touched.clear();
    },
    atRest(nowMs) {
      for (const watcher of watchers) {
        for (const fault of watcher.watch?.faults ?? []) report(`${nameOf(watcher, cast)} was told ${fault}`);
      }
      judgeQuiet(nowMs);
      for (const station of watched) judge(station, touched.get(station) ?? -1, nowMs);
    },
  };
}

function nameOf({ phone, station }: Watcher, cast: People): string {
  return `${cast.nameOf(phone)}, which watches ${station},`;
}

/** No document names an auxiliary number or an account of a client, not even to the client itself. */
function* bodyProblems({ message, direction }: WireMessage, system: System): Generator<string> {
  if (direction === 'in' || message.kind === 'response' || message.method !== 'NOTIFY') return;
  const text = message.body.toString('latin1');
  for (const { number, account } of system.ufipDevices.values()) {
    const told = [number, account.username].find((secret) => text.includes(secret));
    if (told !== undefined) yield `${told} stands in a document (Call-ID ${message.callId})`;
  }
}

function* problemsOf({ watch, station, isOwn }: Watcher, truth: Truth, nowMs: number): Generator<string> {
  const shown = [...(watch?.dialogs.values() ?? [])];
  const legs = [...truth.book.legs.values()].filter(({ who }) => who.station === station);
  const named = new Map<Leg, SeenDialog>();
  for (const dialog of shown) {
    const leg = legs.find((one) => isOf(dialog, one, isOwn));
    if (leg && named.has(leg)) yield `sees the dialog ${leg.callId} twice`;
    if (leg) named.set(leg, dialog);
    yield* shownProblems(dialog, leg, truth);
  }
  for (const leg of legs) {
    if (!named.has(leg) && isDueToShow(leg, truth, nowMs))
      yield `does not see the dialog ${leg.callId} of ${leg.who.name}`;
  }
  if (!isOwn) return;
  for (const [leg, dialog] of named)
    if (leg.state === 'up' && !truth.isUnknown(leg)) yield* detailProblems(dialog, leg, truth);
}

function isOf({ callId, id }: SeenDialog, leg: Leg, isOwn: boolean): boolean {
  return isOwn ? callId === leg.callId : id === `d${leg.gatewayTag}`;
}

function* shownProblems(dialog: SeenDialog, leg: Leg | undefined, { isUnknown }: Truth): Generator<string> {
  const what = `the dialog ${dialog.callId ?? dialog.id}`;
  // Of a colleague's ringing dialogs nothing is known before the answer.
  if (!leg)
    return dialog.callId === undefined && dialog.state !== 'confirmed'
      ? undefined
      : yield `sees ${what}, which nobody has`;
  if (isUnknown(leg)) return;
  if (leg.state === 'over') return yield `sees ${what}, which is over`;
  const isConfirmed = dialog.state === 'confirmed';
  if (isConfirmed !== (leg.state === 'up')) yield `sees ${what} as ${dialog.state}, which is ${leg.state}`;
}

/** Whether it must be seen that a device has this dialog. */
function isDueToShow(leg: Leg, { cast, isUnknown }: Truth, nowMs: number): boolean {
  if (isUnknown(leg)) return false;
  if (leg.state === 'up') return !leg.isLeaving;
  const call = callAt(leg, cast);
  return leg.role === 'callee' && leg.hasProvisional && call?.state === 'ringing' && isLive(leg, nowMs);
}

function callAt({ address, callId }: Leg, cast: People): PhoneCall | undefined {
  return cast.at(address)?.running.find((call) => callIdOf(call) === callId);
}

function* detailProblems(dialog: SeenDialog, leg: Leg, truth: Truth): Generator<string> {
  const what = `the dialog ${leg.callId} of ${leg.who.name}`;
  if (dialog.localTag !== leg.deviceTag || dialog.remoteTag !== leg.gatewayTag)
    yield `sees ${what} with the tags ${dialog.localTag} and ${dialog.remoteTag}`;
  if (dialog.direction !== directionOf(leg)) yield `sees ${what} as ${dialog.direction}`;
  if (dialog.isMuted !== leg.isMuted) yield `sees ${what} ${dialog.isMuted ? 'muted' : 'not muted'}`;
  const call = callAt(leg, truth.cast);
  if (!call) return;
  const { device } = leg.who;
  if (device !== undefined && dialog.device !== device) yield `sees ${what} at the device ${dialog.device}`;
  const isHolding = /sendonly|inactive/.test(audioOf(call.media.local ?? ''));
  if (call.media.local !== undefined && dialog.isHolding !== isHolding)
    yield `sees ${what} ${dialog.isHolding ? 'holding' : 'not holding'}`;
  yield* remoteProblems(dialog, leg, call, truth);
}

/** With whom the device talks is who sends it audio. */
function* remoteProblems(
  { remote }: SeenDialog,
  leg: Leg,
  call: PhoneCall,
  { cast, book, system }: Truth,
): Generator<string> {
  const partner = cast.partnerOf(call);
  const other = partner && book.legs.get(callIdOf(partner.call));
  if (!partner || other?.state !== 'up' || cast.partnerOf(partner.call)?.call !== call) return;
  const inside = system().stations.get(other.who.station ?? '')?.number;
  const what = `the dialog ${leg.callId} of ${leg.who.name} with ${remote}, which is with ${other.who.name}`;
  if (isAnonymous(other)) {
    if (remote !== undefined) yield `sees ${what} and withholds its number`;
  } else if (inside !== undefined ? remote !== inside : system().numbers.has(remote ?? '')) yield `sees ${what}`;
}
