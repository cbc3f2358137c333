import type { SettingsView } from '../contract-types.ts';
import type { SettingsState } from '../state.ts';

/** What the screen shows as chosen: what is in force with the wishes laid over it that the phone system has not decided on. */
export function settingsState(view: SettingsView): SettingsState {
  const { settings, pending } = view;
  if (settings === undefined) return { view, isPending: pending.length > 0 };
  let shown = settings;
  for (const { patch } of pending) {
    const { ringSec, alternativeNumber, ...rest } = shown;
    const given = Object.fromEntries(
      Object.entries(patch).filter(([, value]) => value !== null && value !== undefined),
    );
    shown = {
      ...rest,
      ...(ringSec === undefined || patch.ringSec === null ? {} : { ringSec }),
      ...(alternativeNumber === undefined || patch.alternativeNumber === null ? {} : { alternativeNumber }),
      ...given,
    };
  }
  return { view, shown, isPending: pending.length > 0 };
}
