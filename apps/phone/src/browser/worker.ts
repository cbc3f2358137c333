import type { Phone } from '@unisono/phone';
import { preferences } from '../ui/preferences.ts';

/** Registers the service worker; calls back when a newer version waits. */
export async function startWorker(onUpdate: (use: () => void) => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.register('/sw.js').catch(() => undefined);
  if (registration === undefined) return;
  tellLanguage();
  const offer = (waiting: ServiceWorker | null): void => {
    // The first version there is takes over nothing.
    if (waiting === null || navigator.serviceWorker.controller === null) return;
    onUpdate(() => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      waiting.postMessage({ type: 'useNow' });
    });
  };
  offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const coming = registration.installing;
    coming?.addEventListener('statechange', () => coming.state === 'installed' && offer(coming));
  });
}

/** The worker has to speak the chosen language when the page is closed. */
export function tellLanguage(): void {
  navigator.serviceWorker?.ready.then(({ active }) =>
    active?.postMessage({ type: 'language', language: preferences().language }),
  );
}

export type PushAnswer = 'on' | 'off' | 'blocked' | 'notHere';

/** Asks for permission, and subscribes this installation to Web Push where there is a push service. */
export async function switchPush(phone: Phone, isOn: boolean): Promise<PushAnswer> {
  if (!('Notification' in window)) return 'notHere';
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!isOn) {
    const subscription = await registration?.pushManager?.getSubscription();
    await subscription?.unsubscribe();
    await phone.push.unsubscribe();
    return 'off';
  }
  if ((await Notification.requestPermission()) !== 'granted') return 'blocked';
  await subscribe(phone);
  return 'on';
}

/**
 * Subscribes whoever signs in here and has not said no, where the browser allows it already: what woke the session before is gone with
 * it, and a subscription that lasts may have changed meanwhile.
 */
export function startPush(phone: Phone): void {
  let subscribed: string | undefined;
  const look = (): void => {
    const { session, tab } = phone.getState();
    const who = session.phase === 'signedIn' && tab.role === 'leader' ? session.installationId : undefined;
    if (who === subscribed) return;
    subscribed = who;
    const isAllowed = 'Notification' in window && Notification.permission === 'granted' && preferences().notify;
    if (who !== undefined && isAllowed) subscribe(phone);
  };
  phone.subscribe(look);
  look();
}

async function subscribe(phone: Phone): Promise<void> {
  const registration = await navigator.serviceWorker?.ready;
  const key = await phone.push.key();
  if (registration?.pushManager === undefined || !key.ok) return;
  const { pushManager } = registration;
  const { publicKey: applicationServerKey } = key.value;
  try {
    const before = await pushManager.getSubscription();
    // A service that has lost its key cannot send to it any more, and stands in the way of another one.
    if (before !== null && keyOf(before) !== applicationServerKey) await before.unsubscribe();
    const { endpoint, keys } = (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey })).toJSON();
    if (endpoint === undefined || keys?.p256dh === undefined || keys.auth === undefined) return;
    await phone.push.subscribe({ kind: 'webPush', endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } });
  } catch {
    // No push service is reached: notifications come while the page is open.
  }
}

function keyOf({ options }: PushSubscription): string {
  const octets = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
