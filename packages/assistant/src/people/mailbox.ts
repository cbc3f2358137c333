import type { UserSettings } from '@unisono/pbx';

/**
 * What having a mailbox, or none any more, makes of the settings: calls that nobody answers go there, unless they go somewhere else already;
 * and nothing leads to a mailbox that is gone.
 */
export function settingsWithMailbox(
  { routing, busy, noAnswer }: Partial<UserSettings>,
  hasMailbox: boolean,
): Partial<UserSettings> {
  if (hasMailbox) return noAnswer === undefined || noAnswer === 'none' ? { noAnswer: 'voicemail' } : {};
  return {
    ...(routing === 'voicemail' && { routing: 'default' as const }),
    ...(busy === 'voicemail' && { busy: 'default' as const }),
    ...(noAnswer === 'voicemail' && { noAnswer: 'none' as const }),
  };
}
