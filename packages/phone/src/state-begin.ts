import type { PhoneState } from './state.ts';

/** Nothing is known yet. */
export const FIRST_STATE: PhoneState = {
  session: { phase: 'starting' },
  line: { phase: 'signedOut' },
  tab: { role: 'electing' },
  calls: [],
  elsewhere: [],
  settings: { isPending: false },
  history: { filter: 'all', search: '', entries: [], hasMore: false, isLoading: false, missedCount: 0 },
  favourites: { version: 0, list: [] },
  directory: { presences: {} },
  devices: [],
  voicemail: { newMessages: 0, oldMessages: 0 },
  cloud: { isReachable: true, isLive: false },
};
