import type { ExtraHeaders, ServerTransaction, SipRequest, SipResponse } from '@unisono/sip';
import type { DeviceRef } from './device-dialog.ts';

/** The Info Package (RFC 6086) in which a client tells that its user has turned the microphone off. It is ours. */
export const MICROPHONE_PACKAGE = 'unisono-microphone';

/** Tells the device that takes a call over how the microphone was. */
export const MICROPHONE_HEADER = 'Unisono-Microphone';

/** The microphone of one device in one call, as far as the device tells. */
export class Microphone {
  isMuted = false;
}

/** Says to a device that it may tell of its microphone: nobody is told of it who has none to tell of. */
export function takesMicrophone(device: DeviceRef | undefined): ExtraHeaders {
  return device?.microphone ? [['Recv-Info', MICROPHONE_PACKAGE]] : [];
}

/** What a device is told that takes a call over. */
export function microphoneHeader(isMuted: boolean | undefined): ExtraHeaders {
  return isMuted ? [[MICROPHONE_HEADER, 'muted']] : [];
}

/**
 * `to` goes on with a call of another device: with the microphone as it was, where its own message says that it knows how.
 * All others begin with it on, whatever they were told.
 */
export function handMicrophone(
  isMuted: boolean | undefined,
  to: DeviceRef | undefined,
  message: SipRequest | SipResponse | undefined,
): void {
  if (!to?.microphone || !message?.headers.hasToken('Recv-Info', MICROPHONE_PACKAGE)) return;
  to.microphone.isMuted = isMuted ?? false;
}

/** True for an INFO that is about the microphone: it is for us, and never for the other party. */
export function isAboutMicrophone({ method, headers }: SipRequest): boolean {
  if (method !== 'INFO') return false;
  const name = headers.get('Info-Package')?.split(';')[0];
  return name?.trim().toLowerCase() === MICROPHONE_PACKAGE;
}

/** Takes what a device tells of its microphone; true when that is news. */
export function takeMicrophone(device: DeviceRef | undefined, info: ServerTransaction): boolean {
  const microphone = device?.microphone;
  if (!microphone) {
    info.reply(469, { reason: 'Bad Info Package' });
    return false;
  }
  const state = info.request.body.toString('latin1').trim();
  if (state !== 'muted' && state !== 'open') {
    info.reply(400, { reason: 'Neither muted nor open' });
    return false;
  }
  const wasMuted = microphone.isMuted;
  microphone.isMuted = state === 'muted';
  info.reply(200);
  return microphone.isMuted !== wasMuted;
}
