import type { KeyboardEvent } from 'react';

/** The arrow keys go from one `.item` of a list to the next, and from the first one back to the field above (`input`). */
export function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('.item')];
  const index = items.indexOf(document.activeElement as HTMLElement);
  const next = items[index + step];
  const field = event.currentTarget.closest('form, .chooser')?.querySelector<HTMLElement>('input');
  event.preventDefault();
  if (index + step < 0) field?.focus();
  else next?.focus();
}
