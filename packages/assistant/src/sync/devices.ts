import { type ConnectionData, connectionDigest } from '@unisono/contract';
import type { System, UfipDevice, User } from '@unisono/pbx';
import { personOf } from '../people/people.ts';
import type { Device } from './types.ts';

/** What the configuration says of how clients connect. */
export interface ClientAccess {
  readonly sbc: ConnectionData['sbc'];
  readonly turn: ConnectionData['turn'];
  readonly features: readonly string[];
  /** How clients of a device prove themselves; the gateways compute the same. */
  credentials(device: UfipDevice, user: User): ConnectionData['credentials'];
}

/** Every user of the PBX with what their clients would be given. */
export async function devicesOf(system: System, access: ClientAccess): Promise<Device[]> {
  return Promise.all(system.data.users.map((user) => deviceOf(system, user, access)));
}

export async function deviceOf(system: System, user: User, access: ClientAccess): Promise<Device> {
  const { station, ufipDevice } = personOf(system, user);
  const data = connectionDataOf(system, user, access);
  return {
    user: user.id,
    name: user.name,
    email: user.email,
    ufipDevice: ufipDevice?.id,
    number: station?.number,
    isSignedOff: station?.state === 'signedOff',
    connection: data && { data, digest: await connectionDigest(data) },
  };
}

/** What the clients of a user need; undefined when there is no device, or no station that may be used. */
export function connectionDataOf(system: System, user: User, access: ClientAccess): ConnectionData | undefined {
  const { station, ufipDevice } = personOf(system, user);
  if (station === undefined || ufipDevice === undefined || station.state === 'signedOff') return undefined;
  const { company, applications } = system.data;
  const mailbox = applications.find(({ kind }) => kind === 'mailbox');
  return {
    sbc: access.sbc,
    ufip: {
      // The address of record is the desk number: the auxiliary one is nobody's to see.
      addressOfRecord: `sip:${station.number}@${company.domain}`,
      realm: company.realm ?? company.domain,
      maxClients: ufipDevice.maxContacts,
    },
    credentials: access.credentials(ufipDevice, user),
    desk: {
      number: station.number,
      displayName: station.name,
      ...(station.outsideNumber && { outsideNumber: station.outsideNumber }),
    },
    turn: access.turn,
    dialling: diallingOf(system),
    features: [...access.features, ...(user.mailbox ? ['voicemail'] : [])],
    ...(user.mailbox && mailbox !== undefined ? { voicemailNumber: mailbox.number } : {}),
    conferenceFactory: `sip:conference@${company.domain}`,
  };
}

function diallingOf({ data: { numbering } }: System): ConnectionData['dialling'] {
  const { countryCode, areaCode, nationalPrefix, internationalPrefix, outsideLinePrefix, featureCodes } = numbering;
  const lengths = new Set(numbering.internalRanges.map(({ from }) => from.length));
  return {
    countryCode,
    ...(areaCode && { areaCode }),
    nationalPrefix,
    internationalPrefix,
    outsideLinePrefix,
    emergencyNumbers: [...numbering.emergencyNumbers],
    internalLengths: [...lengths].sort((a, b) => a - b),
    featureCodes: { ...featureCodes },
  };
}
