/** The service worker: the page when there is no network, and notifications when the page is closed. */

const worker = self as unknown as ServiceWorkerGlobalScope;
/** Written in by the build. */
declare const SHELL_FILES: readonly string[];
declare const SHELL_VERSION: string;

const SHELL = `shell-${SHELL_VERSION}`;
/** Addresses of the one page: itself, and where links of e-mails and QR codes lead. */
const PAGES = ['/', '/index.html', '/pair', '/welcome', '/password'];
/** What outlives versions: the language. */
const KEPT = 'kept';

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([...SHELL_FILES])));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== SHELL && name !== KEPT).map((old) => caches.delete(old))),
      )
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (SHELL_FILES.includes(url.pathname)) event.respondWith(fromShell(url.pathname, request));
});

/** The page of this version, so that it fits to its scripts; from the network when it is not held. */
async function page(request: Request): Promise<Response> {
  return PAGES.includes(new URL(request.url).pathname) ? fromShell('/', request) : fetch(request);
}

async function fromShell(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(SHELL);
  return (await cache.match(path)) ?? fetch(request);
}

worker.addEventListener('message', (event) => {
  const { type, language } = (event.data ?? {}) as { type?: string; language?: string };
  if (type === 'useNow') event.waitUntil(worker.skipWaiting());
  if (type === 'language' && language !== undefined)
    event.waitUntil(caches.open(KEPT).then((cache) => cache.put('/language', new Response(language))));
});

/** What the Connector sends; see `PushRequest` of the contract. */
interface PushPayload {
  readonly kind: string;
  readonly callId?: string;
  readonly party?: { readonly name?: string; readonly number?: string };
}

const TEXTS = {
  en: {
    incomingCall: '{who} is calling',
    missedCall: 'Missed call from {who}',
    voicemail: 'New voicemail from {who}',
    ended: 'The call has ended',
    answer: 'Answer',
    decline: 'Decline',
    somebody: 'Somebody',
  },
  de: {
    incomingCall: '{who} ruft an',
    missedCall: 'Verpasster Anruf von {who}',
    voicemail: 'Neue Nachricht von {who}',
    ended: 'Der Anruf ist beendet',
    answer: 'Annehmen',
    decline: 'Ablehnen',
    somebody: 'Jemand',
  },
} as const;

async function texts(): Promise<(typeof TEXTS)['en' | 'de']> {
  const kept = await (await caches.open(KEPT)).match('/language');
  const language = (await kept?.text()) ?? worker.navigator.language;
  return language.startsWith('de') ? TEXTS.de : TEXTS.en;
}

/** One after the other: the end of a call must not overtake its ringing, which takes a moment to be shown. */
let lastPush: Promise<void> = Promise.resolve();

worker.addEventListener('push', (event) => {
  const payload = event.data?.json() as PushPayload | undefined;
  lastPush = lastPush.then(() => pushed(payload)).catch(() => undefined);
  event.waitUntil(lastPush);
});

async function pushed(payload: PushPayload | undefined): Promise<void> {
  if (payload === undefined) return;
  const { kind, callId, party } = payload;
  if (kind === 'callEnded') return withdraw(callId);
  const pages = await worker.clients.matchAll({ type: 'window' });
  // An open page is registered: it rings and notifies by itself.
  if (kind === 'incomingCall' && pages.length > 0) return;
  const say = await texts();
  if (kind !== 'incomingCall' && kind !== 'missedCall' && kind !== 'voicemail') return;
  if (kind === 'missedCall') await withdraw(callId);
  const who = party?.name ?? party?.number ?? say.somebody;
  const isRinging = kind === 'incomingCall';
  const options: NotificationOptions & { actions?: { action: string; title: string }[] } = {
    body: party?.name === undefined ? '' : (party.number ?? ''),
    tag: isRinging ? `push-${callId}` : `${kind}-${callId}`,
    icon: '/icons/icon-192.png',
    badge: '/icons/icon-192.png',
    requireInteraction: isRinging,
    data: { kind, callId },
  };
  if (isRinging)
    options.actions = [
      { action: 'answer', title: say.answer },
      { action: 'decline', title: say.decline },
    ];
  await worker.registration.showNotification(say[kind].replace('{who}', who), options);
}

async function withdraw(callId: string | undefined): Promise<void> {
  const shown = await worker.registration.getNotifications({ tag: `push-${callId}` });
  for (const one of shown) one.close();
}

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(clicked(event.action, event.notification.data as { kind?: string; callId?: string } | undefined));
});

/** Brings the page to the front, or opens it, and tells it what was decided. */
async function clicked(action: string, data: { kind?: string; callId?: string } | undefined): Promise<void> {
  const [page] = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const place = data?.kind === 'voicemail' ? 'voicemail' : data?.kind?.startsWith('missed') ? 'recent' : 'keypad';
  if (page === undefined) {
    await worker.clients.openWindow(action === '' ? `/#/${place}` : `/?decision=${action}#/${place}`);
    return;
  }
  if (action !== '') page.postMessage({ type: 'decision', action, callId: data?.callId });
  // Declining needs no page to look at.
  if (action !== 'decline') await page.focus();
}
