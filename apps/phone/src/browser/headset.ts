import type { Phone } from '@unisono/phone';
import { onStage } from '../call/which.ts';
import { TELEPHONY_PAGE, telephonyFields } from './headset-fields.ts';

/** USB HID usages of a headset (HID Usage Tables 1.4, Telephony page 0x0B). */
const HOOK_SWITCH = 0x20;
const PHONE_MUTE = 0x2f;

/** What the keys of a headset do. */
export const headsetKeys = {
  /** Answers what rings; else ends the call spoken in. */
  hook(phone: Phone): void {
    const { incoming, main } = onStage(phone.getState().calls);
    if (incoming !== undefined) phone.calls.answer(incoming.id);
    else if (main !== undefined) phone.calls.hangUp(main.id);
  },
  hangUp(phone: Phone): void {
    const { incoming, main } = onStage(phone.getState().calls);
    if (main !== undefined) phone.calls.hangUp(main.id);
    else if (incoming !== undefined) phone.calls.decline(incoming.id);
  },
  mute(phone: Phone): void {
    const { main } = onStage(phone.getState().calls);
    if (main !== undefined) phone.calls.setMuted(main.id, !main.isMuted);
  },
};

type MediaAction = MediaSessionAction | 'togglemicrophone' | 'hangup';

/** The keys that the browser itself passes on (Media Session), and those of a USB headset that the user has allowed. */
export function startHeadset(phone: Phone): () => void {
  const session = navigator.mediaSession;
  const set = (action: MediaAction, run: (() => void) | null): void => {
    try {
      session?.setActionHandler(action as MediaSessionAction, run);
    } catch {
      // This browser does not know the action.
    }
  };
  set('togglemicrophone', () => headsetKeys.mute(phone));
  set('hangup', () => headsetKeys.hangUp(phone));
  set('play', () => headsetKeys.hook(phone));
  set('pause', () => headsetKeys.hook(phone));
  const stop = phone.subscribe(() => {
    const { main } = onStage(phone.getState().calls);
    session?.setMicrophoneActive?.(main !== undefined && !main.isMuted);
  });
  navigator.hid?.getDevices().then((devices) => {
    for (const device of devices) listen(device, phone);
  });
  return () => {
    stop();
    for (const action of ['togglemicrophone', 'hangup', 'play', 'pause'] as const) set(action, null);
  };
}

export const canUseHid = (): boolean => navigator.hid !== undefined;

/** Asks the user for a headset. Gives its name. */
export async function connectHeadset(phone: Phone): Promise<string | undefined> {
  const [device] = (await navigator.hid?.requestDevice({ filters: [{ usagePage: TELEPHONY_PAGE }] })) ?? [];
  if (device === undefined) return undefined;
  await listen(device, phone);
  return device.productName;
}

async function listen(device: HidDevice, phone: Phone): Promise<void> {
  if (!device.opened) await device.open().catch(() => undefined);
  const fields = telephonyFields(device);
  let before = new Set<number>();
  device.oninputreport = ({ reportId, data }) => {
    const pressed = new Set(
      fields.filter((field) => field.reportId === reportId && bitAt(data, field.bit)).map(({ usage }) => usage),
    );
    // The hook switch is a state: up is lifted. Mute is a key: it counts when it goes down.
    if (pressed.has(HOOK_SWITCH) !== before.has(HOOK_SWITCH)) headsetKeys.hook(phone);
    if (pressed.has(PHONE_MUTE) && !before.has(PHONE_MUTE)) headsetKeys.mute(phone);
    before = pressed;
  };
}

function bitAt(data: DataView, bit: number): boolean {
  const octet = bit >> 3;
  return octet < data.byteLength && ((data.getUint8(octet) >> (bit & 7)) & 1) === 1;
}
