import type { OtherCall } from '@unisono/phone';
import { usePhoneState } from '../phone-context.ts';
import { useWords } from '../words/index.ts';
import { deviceText } from './call-words.ts';

/** Gives the name of the device a call is on. */
export function useDeviceText(): (call: Pick<OtherCall, 'device' | 'deviceId'>) => string {
  const words = useWords();
  const devices = usePhoneState((state) => state.devices);
  return ({ device, deviceId }) =>
    devices.find(({ installationId }) => installationId === deviceId)?.name ?? deviceText(words, device);
}
