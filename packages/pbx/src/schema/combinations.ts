import type { z } from 'zod';

/** Marks an issue as one of fields that do not go together; the message is the hint. */
export const COMBINATION = 'combination';

/** A check over several fields; `hint` says what would be right. */
export function isCombination<T>(holds: (value: T) => boolean, hint: string): z.core.CheckFn<T> {
  return (context) => {
    if (holds(context.value)) return;
    context.issues.push({ code: 'custom', input: context.value, message: hint, params: { kind: COMBINATION } });
  };
}
