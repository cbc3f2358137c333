import { z } from 'zod';
import { atMs, counter, dialNumber, id } from '../values/scalars.ts';

/** Incoming call routing; `other` is a fixed target set at the PBX, which users see and can leave but not choose. */
export const routing = z.enum(['default', 'deskPhoneOnly', 'clientsOnly', 'alternativeNumber', 'voicemail', 'other']);
/** What a second call meets while routing is `default`. */
export const busySetting = z.enum(['default', 'busySignal', 'alternativeNumber', 'voicemail']);
/** What happens when nobody answers within the ring time. */
export const noAnswerRule = z.enum(['none', 'alternativeNumber', 'voicemail']);

const afterSec = z.int().min(1).max(120);
const ringSec = z.int().min(5).max(180);

/** Who rings first; `afterSec` is when the others join. */
export const ringOrder = z.discriminatedUnion('order', [
  z.object({ order: z.literal('simultaneous') }),
  z.object({ order: z.literal('deskFirst'), afterSec }),
  z.object({ order: z.literal('clientsFirst'), afterSec }),
]);

/** A user's call settings as they are in force at the PBX. */
export const callSettings = z
  .object({
    routing,
    busy: busySetting,
    noAnswer: noAnswerRule,
    ringOrder,
    /** Absent: the system's. */
    ringSec: ringSec.optional(),
    /** The one alternative number of routing, busy and no answer. */
    alternativeNumber: dialNumber.optional(),
    /** Remembered ones, newest first. */
    earlierAlternativeNumbers: z.array(dialNumber).max(10),
    /** The target of routing `other`. */
    fixedTarget: dialNumber.optional(),
  })
  .meta({ id: 'CallSettings' });
export type CallSettings = z.output<typeof callSettings>;

/** A user's wish: what is given changes, null takes an optional value away, the rest stays. */
export const settingsPatch = z
  .object({
    routing: routing.exclude(['other']).optional(),
    busy: busySetting.optional(),
    noAnswer: noAnswerRule.optional(),
    ringOrder: ringOrder.optional(),
    ringSec: ringSec.nullable().optional(),
    alternativeNumber: dialNumber.nullable().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'Give at least one setting.')
  .meta({ id: 'SettingsPatch' });
export type SettingsPatch = z.output<typeof settingsPatch>;

/** "A call now would ring …; a second one would …": sentences of the PBX's own plan, by language. */
export const preview = z
  .object({ en: z.array(z.string().max(1000)).max(20), de: z.array(z.string().max(1000)).max(20) })
  .meta({ id: 'Preview' });
export type Preview = z.output<typeof preview>;

/** Where a change came from. */
export const settingsOrigin = z.enum(['client', 'phone', 'administration', 'system']).or(z.string());

/**
 * What became of a wish: `queued` (the PBX is not connected), `sent`, `applied`, `refused` (the PBX says why), `superseded` (a later
 * change of the same setting won). The first two are pending.
 */
export const changeState = z.enum(['queued', 'sent', 'applied', 'refused', 'superseded']);

export const settingsChange = z
  .object({
    changeId: id,
    patch: settingsPatch,
    state: changeState.or(z.string()),
    requestedAtMs: atMs,
    decidedAtMs: atMs.optional(),
    /** Why it was refused or who won, in words. */
    message: z.string().optional(),
    code: z.string().optional(),
  })
  .meta({ id: 'SettingsChange' });
export type SettingsChange = z.output<typeof settingsChange>;

/** What a client is told about itself beside the calls: kept by the Connector alone. */
export const notificationSettings = z
  .object({
    incomingCalls: z.boolean().default(true),
    missedCalls: z.boolean().default(true),
    voicemail: z.boolean().default(true),
    /** Minutes since midnight in `timeZone`, from inclusive, to exclusive; over midnight when `to` is the lower one. */
    quiet: z
      .object({
        fromMin: z.int().min(0).max(1439),
        toMin: z.int().min(0).max(1439),
        timeZone: z.string().max(64).refine(isTimeZone, 'Write an IANA name, like "Europe/Berlin".'),
      })
      .nullable()
      .default(null),
  })
  .meta({ id: 'NotificationSettings' });
export type NotificationSettings = z.output<typeof notificationSettings>;

/** Whether the phone system is connected to the Connector. */
export const linkState = z.object({ isOnline: z.boolean(), sinceMs: atMs }).meta({ id: 'LinkState' });

/** The settings page: what is in force, what is pending, and what a call would do. */
export const settingsView = z
  .object({
    /** Absent until the phone system has said it. */
    settings: callSettings.optional(),
    /** Grows with each change at the PBX. */
    version: counter,
    changedAtMs: atMs.optional(),
    origin: settingsOrigin.optional(),
    /** Wishes the PBX has not decided on, oldest first. */
    pending: z.array(settingsChange),
    /** The last wish that was not followed, for as long as nothing was changed after it. */
    rejected: settingsChange.optional(),
    preview: preview.optional(),
    notifications: notificationSettings,
    link: linkState,
  })
  .meta({ id: 'SettingsView' });
export type SettingsView = z.output<typeof settingsView>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
