import { createHash } from 'node:crypto';
import { type ConnectionData, sortedJson } from '@unisono/contract';
import type { Station, System, UfipDevice, User } from '@unisono/pbx';
import { personOf } from '../people/people.ts';
import { inSlices } from '../slices.ts';
import type { Device } from './types.ts';

/** What the configuration says of how clients connect. */
export interface ClientAccess {
  readonly sbc: ConnectionData['sbc'];
  readonly turn: ConnectionData['turn'];
  readonly features: readonly string[];
  /** How clients of a device prove themselves; the gateways compute the same. */
  credentials(device: UfipDevice, user: User): ConnectionData['credentials'];
}

/**
 * Every user of the PBX with what their clients would be given. What was found for a user counts until something of theirs is another
 * object: keys and fingerprints of thousands take seconds.
 */
export class Devices {
  readonly #known = new WeakMap<User, Known>();

  async of(system: System, access: ClientAccess): Promise<Device[]> {
    const common: Common = {
      company: system.data.company,
      numbering: system.data.numbering,
      access: JSON.stringify([access.sbc, access.turn, access.features]),
      dialling: diallingOf(system),
    };
    return inSlices(system.data.users, (user) => this.#deviceOf(system, user, access, common));
  }

  #deviceOf(system: System, user: User, access: ClientAccess, common: Common): Device {
    const { station, ufipDevice } = personOf(system, user);
    const known = this.#known.get(user);
    const isSame =
      known?.station === station &&
      known?.ufipDevice === ufipDevice &&
      known?.common.company === common.company &&
      known.common.numbering === common.numbering &&
      known.common.access === common.access;
    if (known !== undefined && isSame) return known.device;
    const device = deviceOf(system, user, access, common.dialling);
    this.#known.set(user, { station, ufipDevice, common, device });
    return device;
  }
}

interface Common {
  readonly company: System['data']['company'];
  readonly numbering: System['data']['numbering'];
  readonly access: string;
  readonly dialling: ConnectionData['dialling'];
}

interface Known {
  readonly station: Station | undefined;
  readonly ufipDevice: UfipDevice | undefined;
  readonly common: Common;
  readonly device: Device;
}

function deviceOf(system: System, user: User, access: ClientAccess, dialling: ConnectionData['dialling']): Device {
  const { station, ufipDevice } = personOf(system, user);
  const data = connectionDataOf(system, user, access, dialling);
  return {
    user: user.id,
    name: user.name,
    email: user.email,
    ufipDevice: ufipDevice?.id,
    number: station?.number,
    isSignedOff: station?.state === 'signedOff',
    connection: data && { data, digest: digestOf(data) },
  };
}

/** The same as `connectionDigest`, which takes twenty times as long when there are thousands. */
function digestOf(data: ConnectionData): string {
  return createHash('sha256').update(sortedJson(data)).digest('base64url');
}

/** What the clients of a user need; undefined when there is no device, or no station that may be used. */
function connectionDataOf(
  system: System,
  user: User,
  access: ClientAccess,
  dialling: ConnectionData['dialling'],
): ConnectionData | undefined {
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
    dialling,
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
