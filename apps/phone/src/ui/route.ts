import { useSyncExternalStore } from 'react';

export type Place = 'keypad' | 'recent' | 'favourites' | 'voicemail' | 'routing' | 'devices' | 'settings' | 'more';

const PLACES: readonly Place[] = [
  'keypad',
  'recent',
  'favourites',
  'voicemail',
  'routing',
  'devices',
  'settings',
  'more',
];

function read(): Place {
  const [name = ''] = location.hash.slice(2).split('/');
  return PLACES.find((place) => place === name) ?? 'keypad';
}

/** The place that the address names behind `#/`. */
export function usePlace(): Place {
  return useSyncExternalStore((listener) => {
    addEventListener('hashchange', listener);
    return () => removeEventListener('hashchange', listener);
  }, read);
}

export function goTo(place: Place): void {
  location.hash = `#/${place}`;
}
