import type { NotificationSettings, PushRequest } from '@unisono/contract';
import { type Change, PUSH_TOPIC } from '../change.ts';
import { notificationsOf } from '../settings/settings.ts';

/** Keeps a wish to wake a person's clients until it was handed over or is of no use any more; `PushRunner` hands it over. */
export async function keepPush(one: Change, tenantId: string, userId: string, push: PushRequest): Promise<void> {
  if (push.expiresAtMs <= one.nowMs) return;
  const wanted = await notificationsOf(one.writing, tenantId, userId);
  if (!isWanted(wanted, push.kind, one.nowMs)) return;
  await one.writing
    .insertInto('pushes')
    .values({
      tenant_id: tenantId,
      id: push.pushId,
      user_id: userId,
      body: JSON.stringify(push),
      expires_at_ms: push.expiresAtMs,
      next_at_ms: one.nowMs,
      tries: 0,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doNothing())
    .execute();
  one.signal(PUSH_TOPIC);
}

/** Whether a person wants to be told of that kind now. The end of a call is always told: it takes a ringing away. */
export function isWanted(settings: NotificationSettings, kind: string, nowMs: number): boolean {
  if (kind === 'callEnded') return true;
  if (kind === 'incomingCall' && !settings.incomingCalls) return false;
  if (kind === 'missedCall' && !settings.missedCalls) return false;
  if (kind === 'voicemail' && !settings.voicemail) return false;
  return !isQuiet(settings.quiet, nowMs);
}

function isQuiet(quiet: NotificationSettings['quiet'], nowMs: number): boolean {
  if (quiet === null || quiet.fromMin === quiet.toMin) return false;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: quiet.timeZone, hour: '2-digit', minute: '2-digit' });
  const [hour = 0, minute = 0] = format.format(nowMs).split(':').map(Number);
  const nowMin = (hour % 24) * 60 + minute;
  const { fromMin, toMin } = quiet;
  return fromMin < toMin ? nowMin >= fromMin && nowMin < toMin : nowMin >= fromMin || nowMin < toMin;
}
