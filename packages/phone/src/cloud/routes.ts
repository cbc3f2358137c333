import type { ENDPOINTS } from '../contract-types.ts';

/**
 * The requests that a client makes, by the contract's names: written once more without their schemas, which would be a third of the
 * page's script. A test compares them with the contract.
 */
export const ROUTES = {
  findTenants: ['POST', '/v1/sign-in/tenants'],
  signInMethods: ['GET', '/v1/sign-in/tenants/:tenant'],
  signInWithPassword: ['POST', '/v1/sign-in/password'],
  startOidc: ['POST', '/v1/sign-in/oidc'],
  finishOidc: ['POST', '/v1/sign-in/oidc/finish'],
  claimPairing: ['POST', '/v1/sign-in/pairing'],
  finishPairing: ['POST', '/v1/sign-in/pairing/finish'],
  forgotPassword: ['POST', '/v1/sign-in/forgotten'],
  lookAtMailedToken: ['POST', '/v1/sign-in/mailed/look'],
  useMailedToken: ['POST', '/v1/sign-in/mailed'],
  renewSession: ['POST', '/v1/session/renew'],
  signOut: ['DELETE', '/v1/session'],
  me: ['GET', '/v1/me'],
  changeMe: ['PATCH', '/v1/me'],
  changePassword: ['POST', '/v1/me/password'],
  startTotp: ['POST', '/v1/me/totp'],
  confirmTotp: ['POST', '/v1/me/totp/confirm'],
  removeTotp: ['POST', '/v1/me/totp/remove'],
  devices: ['GET', '/v1/me/devices'],
  renameDevice: ['PATCH', '/v1/me/devices/:installationId'],
  revokeDevice: ['DELETE', '/v1/me/devices/:installationId'],
  startPairing: ['POST', '/v1/me/pairings'],
  pairing: ['GET', '/v1/me/pairings/:pairingId'],
  decidePairing: ['POST', '/v1/me/pairings/:pairingId'],
  connection: ['GET', '/v1/me/connection'],
  settings: ['GET', '/v1/me/settings'],
  changeSettings: ['PATCH', '/v1/me/settings'],
  previewSettings: ['POST', '/v1/me/settings/preview'],
  changeNotifications: ['PUT', '/v1/me/settings/notifications'],
  pushKey: ['GET', '/v1/push/key'],
  subscribePush: ['PUT', '/v1/me/push'],
  unsubscribePush: ['DELETE', '/v1/me/push'],
  eventTicket: ['POST', '/v1/events/ticket'],
  history: ['GET', '/v1/me/history'],
  historySeen: ['POST', '/v1/me/history/seen'],
  deleteHistoryEntry: ['DELETE', '/v1/me/history/:entryId'],
  searchDirectory: ['GET', '/v1/directory'],
  whoseNumber: ['GET', '/v1/directory/numbers'],
  favourites: ['GET', '/v1/me/favourites'],
  changeFavourites: ['PUT', '/v1/me/favourites'],
  voicemail: ['GET', '/v1/me/voicemail'],
  voicemailAudio: ['GET', '/v1/me/voicemail/messages/:messageId/audio'],
  voicemailHeard: ['POST', '/v1/me/voicemail/messages/:messageId/heard'],
  deleteVoicemail: ['DELETE', '/v1/me/voicemail/messages/:messageId'],
  greeting: ['GET', '/v1/me/voicemail/greeting'],
  setGreeting: ['PUT', '/v1/me/voicemail/greeting'],
  deleteGreeting: ['DELETE', '/v1/me/voicemail/greeting'],
} as const satisfies Partial<Record<keyof typeof ENDPOINTS, readonly [string, string]>>;

export const EVENTS_PATH = '/v1/events';

export type RouteName = keyof typeof ROUTES;

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The path with its parameters filled in and the query behind it. */
export function pathFor(name: RouteName, params: Readonly<Record<string, string>> = {}, query: Query = {}): string {
  const path = ROUTES[name][1].replace(/:([A-Za-z]+)/g, (_, given: string) => encodeURIComponent(params[given] ?? ''));
  return withQuery(path, query);
}

export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
