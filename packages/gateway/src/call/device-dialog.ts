import type { Payload } from '@unisono/sip';
import type { Binding } from '../registrar/location.ts';
import { Microphone } from './microphone.ts';

/** One of a user's devices, as the user's other devices know it: never by a number of its own. */
export interface DeviceRef {
  readonly kind: 'desk' | 'client';
  /** The `gr` parameter under which it is reached (RFC 5627): `desk`, or the installation of a client. */
  readonly id: string | undefined;
  /** In this call; absent for devices that tell nothing of it. */
  readonly microphone?: Microphone | undefined;
}

/** A dialog that one of a station's devices has with the gateway. Calls and tags as that device sees them. */
export interface DeviceDialog {
  readonly device: DeviceRef | undefined;
  /** Who made the call: the device, or somebody who called its user. */
  readonly direction: 'initiator' | 'recipient';
  readonly state: 'trying' | 'early' | 'confirmed';
  readonly callId: string;
  /** The device's tag; undefined as long as it has said nothing. */
  readonly deviceTag: string | undefined;
  readonly gatewayTag: string;
  /** Whom the device talks to; no number when that party withholds it. */
  readonly remote: { readonly number?: string | undefined; readonly name?: string | undefined } | undefined;
  /** The device has put the other party on hold. */
  readonly isHolding: boolean;
  /** Since when they talk. */
  readonly confirmedAtMs?: number | undefined;
}

export const DESK_DEVICE: DeviceRef = { kind: 'desk', id: 'desk' };

/** The device of a registered contact. */
export function deviceOf({ device, installation, instance }: Binding): DeviceRef {
  if (device.startsWith('desk:')) return DESK_DEVICE;
  return clientDevice(installation ?? instanceId(instance));
}

/** A client that comes into a call: it may tell of its microphone. */
export function clientDevice(id: string | undefined): DeviceRef {
  return { kind: 'client', id, microphone: new Microphone() };
}

/** What an instance (RFC 5626 §4.1) is without its wrapping: `<urn:uuid:…>` is the UUID. */
function instanceId(instance: string | undefined): string | undefined {
  const id = instance?.replace(/^"?<?(?:urn:uuid:)?|>?"?$/gi, '');
  return id !== undefined && /^[\w.-]{1,100}$/.test(id) ? id : undefined;
}

/** True when whoever described itself so takes no audio of the other side: it holds. */
export function isHolding(description: Payload | undefined): boolean {
  if (!description) return false;
  return /^a=(?:sendonly|inactive)\r?$/m.test(description.bytes.toString('latin1'));
}
