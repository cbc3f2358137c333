import type { ClientConnection } from '../contract-types.ts';
import type { IceServer } from '../sip/sip-port.ts';
import type { DeskInfo } from '../state.ts';

/** What screens need of the connection data. */
export function deskOf(connection: ClientConnection): DeskInfo {
  const { desk, dialling, features, voicemailNumber, conferenceFactory } = connection;
  return {
    number: desk.number,
    displayName: desk.displayName,
    ...(desk.outsideNumber === undefined ? {} : { outsideNumber: desk.outsideNumber }),
    dialling,
    features,
    ...(voicemailNumber === undefined ? {} : { voicemailNumber }),
    canMerge: conferenceFactory !== undefined,
  };
}

/** Whether the same registration serves both. */
export function isSameDoor(a: ClientConnection, b: ClientConnection): boolean {
  const key = ({ sbc, sip }: ClientConnection) => JSON.stringify([sbc, sip.addressOfRecord, sip.realm]);
  return key(a) === key(b);
}

export function iceServersOf(connection: ClientConnection | undefined): IceServer[] {
  return (connection?.turn ?? []).map(({ urls, username, credential }) => ({
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  }));
}
