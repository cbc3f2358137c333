import { numberOfUri } from '../call/forwarded.ts';
import type { DialogId } from '../sip/sip-port.ts';
import type { Call, OtherCall } from '../state.ts';
import { type DialogElement, readDialogInfo } from './dialog-info.ts';

/** A dialog of another device, as it is shown and as it is taken over. */
export interface OtherDialog {
  readonly call: OtherCall;
  readonly callId: string | undefined;
  readonly dialog: DialogId | undefined;
}

/** What is known of the dialogs of this user's devices (RFC 4235 §3.7.2: full and partial documents, by their versions). */
export interface OtherDialogs {
  readonly version: number;
  readonly dialogs: ReadonlyMap<string, OtherDialog>;
}

export const NO_DIALOGS: OtherDialogs = { version: -1, dialogs: new Map() };

/** Takes one document in. A partial one that does not follow the last is still taken: the next full one puts it right. */
export function takeDialogInfo(before: OtherDialogs, xml: string, nowMs: number): OtherDialogs {
  const info = readDialogInfo(xml);
  if (info === undefined) return before;
  // A new subscription counts from the beginning again, with a full document.
  if (!info.isFull && info.version <= before.version) return before;
  const dialogs = new Map(info.isFull ? [] : before.dialogs);
  for (const element of info.dialogs) {
    const phase = PHASES[element.state];
    if (phase === undefined) dialogs.delete(element.id);
    else dialogs.set(element.id, otherDialog(element, phase, before.dialogs.get(element.id), nowMs));
  }
  return { version: info.version, dialogs };
}

const PHASES: Readonly<Record<string, 'alerting' | 'active'>> = {
  trying: 'alerting',
  proceeding: 'alerting',
  early: 'alerting',
  confirmed: 'active',
};

function otherDialog(
  element: DialogElement,
  phase: 'alerting' | 'active',
  before: OtherDialog | undefined,
  nowMs: number,
): OtherDialog {
  const { id, callId, localTag, remoteTag, isRendering, isMuted, remoteIdentity, remoteName } = element;
  const number = remoteIdentity === undefined ? undefined : numberOfUri(remoteIdentity);
  const name = remoteName === '' ? undefined : remoteName;
  const dialog =
    callId === undefined || localTag === undefined || remoteTag === undefined
      ? undefined
      : // The phone system is asked to replace its side of the dialog: its own tag is the one of "to" (RFC 3891 §3).
        { callId, toTag: remoteTag, fromTag: localTag };
  const isSamePhase = before !== undefined && (before.call.phase === 'alerting') === (phase === 'alerting');
  const call: OtherCall = {
    id,
    direction: element.direction === 'initiator' ? 'outgoing' : 'incoming',
    phase: phase === 'active' && !isRendering ? 'held' : phase,
    party: { ...(number === undefined ? {} : { number }), ...(name === undefined ? {} : { name }) },
    ...deviceOf(element.localTarget),
    sinceMs: isSamePhase ? before.call.sinceMs : nowMs - (element.durationSec ?? 0) * 1_000,
    isMuted,
    // A call that the other device makes is taken over when it is answered.
    canPull: dialog !== undefined && (phase === 'active' || element.direction === 'recipient'),
  };
  return { call, callId, dialog };
}

function deviceOf(target: string | undefined): Pick<OtherCall, 'device' | 'deviceId'> {
  const id = /;gr=([^;>]+)/.exec(target ?? '')?.[1];
  if (id === 'desk') return { device: 'desk' };
  return id === undefined ? { device: 'client' } : { device: 'client', deviceId: id };
}

/** What this device has itself. */
export interface Here {
  readonly sipCallIds: ReadonlySet<string>;
  readonly calls: readonly Call[];
  readonly installationId: string | undefined;
}

/** The calls of other devices: those of this one are shown as what they are. */
export function otherCalls({ dialogs }: OtherDialogs, here: Here): readonly OtherCall[] {
  return [...dialogs.values()]
    .filter(({ callId }) => callId === undefined || !here.sipCallIds.has(callId))
    .map(({ call }) => call)
    .filter((call) => call.phase !== 'alerting' || !isShownHere(call, here));
}

/**
 * What rings here rings on the other devices with it: it is one call. So is one that is being moved from here. And what rings at
 * this device by a name that no call of the page has was rung at the page before.
 */
function isShownHere({ direction, deviceId, party }: OtherCall, { calls, installationId }: Here): boolean {
  if (deviceId !== undefined && deviceId === installationId) return true;
  if (direction !== 'incoming') return false;
  return calls.some(
    ({ phase, move, party: { number } }) =>
      number === party.number && (phase === 'incoming' || phase === 'answering' || move?.kind === 'push'),
  );
}
