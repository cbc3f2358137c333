import { useSyncExternalStore } from 'react';
import type { Language } from '../words/index.ts';

/** What this device remembers of its user's taste. Device ids are those of `enumerateDevices`; empty: the system's. */
export interface Preferences {
  readonly language: Language;
  readonly theme: 'system' | 'light' | 'dark';
  readonly microphoneId: string;
  readonly speakerId: string;
  readonly ringerId: string;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGain: boolean;
  readonly ringHere: boolean;
  readonly notify: boolean;
  /** Whether the question about notifications was answered. */
  readonly isAsked: boolean;
  readonly shortcuts: boolean;
  readonly wakeLock: boolean;
}

const NAME = 'unisono.preferences';
const listeners = new Set<() => void>();
let current: Preferences | undefined;

function first(): Preferences {
  return {
    language: navigator.language.startsWith('de') ? 'de' : 'en',
    theme: 'system',
    microphoneId: '',
    speakerId: '',
    ringerId: '',
    echoCancellation: true,
    noiseSuppression: true,
    autoGain: true,
    ringHere: true,
    notify: true,
    isAsked: false,
    shortcuts: true,
    wakeLock: true,
  };
}

function load(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(NAME) ?? '{}');
    return { ...first(), ...(typeof stored === 'object' ? stored : {}) };
  } catch {
    return first();
  }
}

function tell(): void {
  for (const listener of listeners) listener();
}

export function preferences(): Preferences {
  current ??= load();
  return current;
}

export function setPreferences(part: Partial<Preferences>): void {
  current = { ...preferences(), ...part };
  localStorage.setItem(NAME, JSON.stringify(current));
  tell();
}

export function onPreferences(listener: () => void): () => void {
  // Another tab has changed them.
  const changed = (event: StorageEvent): void => {
    if (event.key !== NAME) return;
    current = load();
    listener();
  };
  listeners.add(listener);
  addEventListener('storage', changed);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', changed);
  };
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(onPreferences, preferences);
}
