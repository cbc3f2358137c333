import type { Call, Phone, PhoneState } from '@unisono/phone';
import { isGathering } from '../call/call-texts.ts';
import { type Tone, wantedTone } from '../call/wanted-tone.ts';
import { onStage } from '../call/which.ts';
import { onPreferences, preferences } from '../ui/preferences.ts';
import { textIn } from '../words/index.ts';
import { startHeadset } from './headset.ts';
import { startTone } from './tones.ts';

/** What outside the page's own picture follows the calls: sounds, notifications, title, badge, screen, headset. */
export function startAttention(phone: Phone): () => void {
  const parts = [soundOf(phone), notificationsOf(phone), screenOf(phone), titleOf(phone)];
  const update = (): void => {
    const state = phone.getState();
    for (const part of parts) undisturbed(() => part(state));
  };
  const stops = [phone.subscribe(update), onPreferences(update), startHeadset(phone), answersToWorker(phone)];
  document.addEventListener('visibilitychange', update);
  const leave = (event: BeforeUnloadEvent): void => {
    if (isSpeakingHere(phone.getState())) event.preventDefault();
  };
  addEventListener('beforeunload', leave);
  update();
  return () => {
    document.removeEventListener('visibilitychange', update);
    removeEventListener('beforeunload', leave);
    for (const stop of stops) stop();
  };
}

/** The tab that holds the calls would take them with it: the browser asks before it closes. */
function isSpeakingHere({ tab, calls }: PhoneState): boolean {
  return tab.role === 'leader' && calls.some(({ phase }) => phase !== 'ended' && phase !== 'incoming');
}

type Part = (state: PhoneState) => void;

/** A sound card that is in trouble must not cost the notification. */
function undisturbed(run: () => void): void {
  try {
    run();
  } catch (error) {
    console.error(error);
  }
}

function soundOf(_phone: Phone): Part {
  let tone: Tone | undefined;
  let stop = (): void => {};
  return (state) => {
    const wanted = wantedTone(state, preferences().ringHere);
    if (wanted === tone) return;
    tone = wanted;
    stop();
    stop = wanted === undefined ? () => {} : startTone(wanted);
    navigator.vibrate?.(wanted === 'ring' ? [400, 200, 400, 1500, 400, 200, 400] : 0);
  };
}

/** A system notification for each call that rings while nobody looks; gone as soon as it rings no more. */
function notificationsOf(phone: Phone): Part {
  const shown = new Set<string>();
  const withdraw = async (id: string): Promise<void> => {
    shown.delete(id);
    const registration = await navigator.serviceWorker?.getRegistration();
    for (const one of (await registration?.getNotifications({ tag: id })) ?? []) one.close();
  };
  const missed = new Set<string>();
  return (state) => {
    const mayNotify = preferences().notify && 'Notification' in window && Notification.permission === 'granted';
    const isMine = state.tab.role === 'leader';
    for (const call of state.calls) {
      if (call.phase === 'incoming' && mayNotify && isMine && !shown.has(call.id) && document.hidden) {
        shown.add(call.id);
        notify(phone, call, 'incoming');
      }
      if (call.end?.isMissed === true && mayNotify && isMine && !missed.has(call.id) && document.hidden) {
        missed.add(call.id);
        notify(phone, call, 'missed');
      }
    }
    for (const id of shown) {
      const call = state.calls.find((one) => one.id === id);
      if (call?.phase !== 'incoming') withdraw(id);
    }
  };
}

async function notify(phone: Phone, call: Call, kind: 'incoming' | 'missed'): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration === undefined) return;
  const { language } = preferences();
  const { name, number } = call.party;
  const shown = number === undefined ? textIn(language, 'withheld') : phone.numbers.show(number);
  const options: NotificationOptions & { actions?: { action: string; title: string }[]; vibrate?: number[] } = {
    body: name === undefined ? '' : shown,
    tag: kind === 'incoming' ? call.id : `missed-${call.id}`,
    icon: '/icons/icon-192.png',
    badge: '/icons/icon-192.png',
    lang: language,
    data: { callId: call.id, kind },
  };
  if (kind === 'incoming') {
    options.requireInteraction = true;
    options.actions = [
      { action: 'answer', title: textIn(language, 'answer') },
      { action: 'decline', title: textIn(language, 'decline') },
    ];
  }
  await registration.showNotification(textIn(language, `notify.${kind}`, { who: name ?? shown }), options);
  // It may have stopped ringing while the notification was being made.
  const now = phone.getState().calls.find((one) => one.id === call.id);
  if (kind === 'incoming' && now?.phase !== 'incoming')
    for (const one of await registration.getNotifications({ tag: call.id })) one.close();
}

/** How long a decision made on a notification waits for its call to arrive here. */
const DECISION_MS = 20_000;

/** A decision on a notification comes from the service worker, or in the address when it had to open the page first. */
function answersToWorker(phone: Phone): () => void {
  let waiting: { action: string; untilMs: number } | undefined;
  const decide = (action: string, callId: string | undefined): boolean => {
    const ringing = phone.getState().calls.filter(({ phase }) => phase === 'incoming');
    const call = ringing.find(({ id }) => id === callId) ?? (ringing.length === 1 ? ringing[0] : undefined);
    if (call === undefined) return false;
    if (action === 'answer') phone.calls.answer(call.id);
    if (action === 'decline') phone.calls.decline(call.id);
    return true;
  };
  const later = (action: string): void => {
    waiting = { action, untilMs: Date.now() + DECISION_MS };
  };
  const heard = ({ data }: MessageEvent): void => {
    const { type, action, callId } = (data ?? {}) as Record<string, string | undefined>;
    if (type === 'decision' && action !== undefined && !decide(action, callId)) later(action);
  };
  const action = new URLSearchParams(location.search).get('decision');
  if (action !== null) {
    history.replaceState(null, '', `${location.pathname}${location.hash}`);
    later(action);
  }
  const stop = phone.subscribe(() => {
    if (waiting === undefined) return;
    if (Date.now() > waiting.untilMs || decide(waiting.action, undefined)) waiting = undefined;
  });
  navigator.serviceWorker?.addEventListener('message', heard);
  return () => {
    stop();
    navigator.serviceWorker?.removeEventListener('message', heard);
  };
}

/** The screen stays on during a call. */
function screenOf(_phone: Phone): Part {
  let lock: Promise<WakeLockSentinel | undefined> | undefined;
  return (state) => {
    const isTalking = state.calls.some(
      ({ phase }) => phase === 'active' || phase === 'incoming' || phase === 'alerting',
    );
    // A hidden page loses its lock by itself and gets a new one when it is seen again.
    const isWanted = isTalking && preferences().wakeLock && !document.hidden;
    if (isWanted && lock === undefined)
      lock = navigator.wakeLock?.request('screen').catch(() => undefined) ?? Promise.resolve(undefined);
    if (!isWanted && lock !== undefined) {
      lock.then((held) => held?.release());
      lock = undefined;
    }
  };
}

/** The tab says who calls; the app's icon says how much was missed. */
function titleOf(phone: Phone): Part {
  let badge = 0;
  return (state) => {
    const { language } = preferences();
    const { incoming, main } = onStage(state.calls);
    const call = incoming ?? main;
    const who =
      (call !== undefined && isGathering(call) ? textIn(language, 'conference') : call?.party.name) ??
      (call?.party.number === undefined ? undefined : phone.numbers.show(call.party.number));
    const count = state.history.missedCount + state.voicemail.newMessages;
    const app = textIn(language, 'app');
    const calling = textIn(language, 'notify.incoming', { who: who ?? textIn(language, 'nameless') });
    document.title =
      incoming !== undefined
        ? calling
        : `${count > 0 ? `(${count}) ` : ''}${who === undefined ? '' : `${who} · `}${app}`;
    if (count === badge) return;
    badge = count;
    if (count > 0) navigator.setAppBadge?.(count).catch(() => undefined);
    else navigator.clearAppBadge?.().catch(() => undefined);
  };
}
