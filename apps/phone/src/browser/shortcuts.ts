import type { Phone } from '@unisono/phone';
import { useEffect } from 'react';
import { isToBeHeld, onStage } from '../call/which.ts';
import { usePhone } from '../phone-context.ts';
import { preferences } from '../ui/preferences.ts';
import { goTo } from '../ui/route.ts';

/** Single keys, while nothing is being typed; the settings switch them off (WCAG 2.1.4). */
export function useShortcuts(): void {
  const phone = usePhone();
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && leaveFind(event.target)) return;
      if (!preferences().shortcuts || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
      if (act(phone, event.key)) event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [phone]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=radio], [type=checkbox]), select, textarea');
}

/** Escape leaves a field to look for something; what was typed stays. */
function leaveFind(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || !target.matches('[data-find]')) return false;
  target.blur();
  return true;
}

/** Does what the key means now; false when it means nothing. */
function act(phone: Phone, key: string): boolean {
  const { incoming, main } = onStage(phone.getState().calls);
  switch (key.toLowerCase()) {
    case '/':
      return find();
    case 'a':
      if (incoming === undefined) return false;
      phone.calls.answer(incoming.id);
      return true;
    case 'e':
      if (incoming !== undefined) phone.calls.decline(incoming.id);
      else if (main !== undefined) phone.calls.hangUp(main.id);
      else return false;
      return true;
    case 'm':
      if (main === undefined) return false;
      phone.calls.setMuted(main.id, !main.isMuted);
      return true;
    case 'h':
      if (main?.phase !== 'active') return false;
      if (isToBeHeld(main)) phone.calls.resume(main.id);
      else phone.calls.hold(main.id);
      return true;
    default:
      if (!/^[\d*#+]$/.test(key)) return false;
      if (main === undefined) return beginNumber();
      if (main.phase !== 'active' || key === '+') return false;
      phone.calls.sendDigits(main.id, key);
      return true;
  }
}

/** Who types a number without having chosen a field means the number field: it is focused before the key is written. */
function beginNumber(): boolean {
  document.querySelector<HTMLElement>('.dialler [data-find]')?.focus();
  return false;
}

function find(): boolean {
  goTo('keypad');
  // The page is drawn first.
  setTimeout(() => document.querySelector<HTMLElement>('[data-find]')?.focus(), 50);
  return true;
}
