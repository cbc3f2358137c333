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
  const key = await phone.push.key();
  if (registration?.pushManager === undefined || !key.ok) return 'on';
  const subscription = await registration.pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: key.value.publicKey })
    // No push service is reached: notifications come while the page is open.
    .catch(() => undefined);
  const { endpoint, keys } = subscription?.toJSON() ?? {};
  if (endpoint !== undefined && keys?.p256dh !== undefined && keys.auth !== undefined)
    await phone.push.subscribe({ kind: 'webPush', endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } });
  return 'on';
}
