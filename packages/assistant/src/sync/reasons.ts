import type { Language } from '@unisono/pbx';
import type { ReasonCode } from './types.ts';

/** Why, and what to do, in words. */
export interface ReasonText {
  readonly reason: string;
  readonly action: string;
}

type Sentences = Readonly<Record<Language, (about: string) => readonly [reason: string, action: string]>>;

const REASONS: Readonly<Record<ReasonCode, Sentences>> = {
  matched: {
    en: (number) => [`Matched with desk number ${number}; the clients have what they need.`, 'Nothing to do.'],
    de: (number) => [`Der Nebenstelle ${number} zugeordnet; die Clients haben, was sie brauchen.`, 'Nichts zu tun.'],
  },
  newMatch: {
    en: (number) => [
      `Matches desk number ${number} and has no connection data yet.`,
      'It is uploaded by the next synchronisation.',
    ],
    de: (number) => [
      `Passt zur Nebenstelle ${number} und hat noch keine Verbindungsdaten.`,
      'Die nächste Synchronisation lädt sie hoch.',
    ],
  },
  dataChanged: {
    en: (number) => [
      `Something of desk number ${number} or its device has changed.`,
      'The new data is uploaded by the next synchronisation.',
    ],
    de: (number) => [
      `An der Nebenstelle ${number} oder ihrem Gerät hat sich etwas geändert.`,
      'Die nächste Synchronisation lädt die neuen Daten hoch.',
    ],
  },
  personGone: {
    en: () => [
      'Is no Unify Phone user in the directory any more, and the cloud still has connection data.',
      'It is withdrawn by the next synchronisation. If that is not meant, switch Unify Phone on for this person again.',
    ],
    de: () => [
      'Ist im Verzeichnis kein Unify-Phone-Benutzer mehr, und die Cloud hat noch Verbindungsdaten.',
      'Die nächste Synchronisation zieht sie zurück. Ist das nicht gewollt, Unify Phone für die Person wieder einschalten.',
    ],
  },
  deviceGone: {
    en: () => [
      'Has no UFIP device any more, and the cloud still has connection data.',
      'It is withdrawn by the next synchronisation. If that is not meant, give the person a UFIP device again.',
    ],
    de: () => [
      'Hat kein UFIP-Gerät mehr, und die Cloud hat noch Verbindungsdaten.',
      'Die nächste Synchronisation zieht sie zurück. Ist das nicht gewollt, der Person wieder ein UFIP-Gerät geben.',
    ],
  },
  unknownAddress: {
    en: () => [
      'Nobody in the phone system has this e-mail address.',
      'Add the person to the phone system, or correct the address on one of the two sides.',
    ],
    de: () => [
      'Niemand in der Telefonanlage hat diese E-Mail-Adresse.',
      'Die Person in der Telefonanlage anlegen oder die Adresse auf einer der beiden Seiten berichtigen.',
    ],
  },
  noDevice: {
    en: (name) => [`${name} has no UFIP device.`, 'Add one; it takes a Unify Phone licence.'],
    de: (name) => [`${name} hat kein UFIP-Gerät.`, 'Eines anlegen; es braucht eine Unify-Phone-Lizenz.'],
  },
  noDeviceNoLicence: {
    en: () => [
      'There is no UFIP device, and no Unify Phone licence is free for one.',
      'Get more Unify Phone licences, or remove a UFIP device that is not used.',
    ],
    de: () => [
      'Es gibt kein UFIP-Gerät, und keine Unify-Phone-Lizenz ist dafür frei.',
      'Weitere Unify-Phone-Lizenzen beschaffen oder ein ungenutztes UFIP-Gerät entfernen.',
    ],
  },
  noPerson: {
    en: () => [
      'The UFIP device’s address belongs to no Unify Phone user of the directory.',
      'Invite the person in the directory and switch Unify Phone on, or remove the device to free its licence.',
    ],
    de: () => [
      'Die Adresse des UFIP-Geräts gehört keinem Unify-Phone-Benutzer des Verzeichnisses.',
      'Die Person im Verzeichnis einladen und Unify Phone einschalten, oder das Gerät entfernen, damit seine Lizenz frei wird.',
    ],
  },
  twoPersons: {
    en: (name) => [
      `${name} has the same e-mail address in the directory.`,
      'Give each person an address of their own.',
    ],
    de: (name) => [`${name} hat im Verzeichnis dieselbe E-Mail-Adresse.`, 'Jeder Person eine eigene Adresse geben.'],
  },
  twoDevices: {
    en: (names) => [
      `Two people of the phone system have this e-mail address: ${names}.`,
      'Correct the address of one of them.',
    ],
    de: (names) => [
      `Zwei Personen der Telefonanlage haben diese E-Mail-Adresse: ${names}.`,
      'Die Adresse bei einer von ihnen berichtigen.',
    ],
  },
  signedOff: {
    en: (number) => [
      `Desk station ${number} is signed off, so the clients cannot be reached by it.`,
      'Sign the station on, or give the person another desk station.',
    ],
    de: (number) => [
      `Die Nebenstelle ${number} ist abgemeldet; die Clients sind über sie nicht erreichbar.`,
      'Die Nebenstelle anmelden oder der Person eine andere geben.',
    ],
  },
  noDeskStation: {
    en: (name) => [
      `${name} has no desk station, and the clients are reached by its number.`,
      'Give the person a desk station; it takes a Flex licence.',
    ],
    de: (name) => [
      `${name} hat keine Nebenstelle, und die Clients sind über deren Nummer erreichbar.`,
      'Der Person eine Nebenstelle geben; sie braucht eine Flex-Lizenz.',
    ],
  },
  noLicence: {
    en: () => [
      'More UFIP devices are in use than Unify Phone licences are granted.',
      'Get more licences, or remove UFIP devices that are not used.',
    ],
    de: () => [
      'Es sind mehr UFIP-Geräte in Gebrauch als Unify-Phone-Lizenzen vorhanden.',
      'Weitere Lizenzen beschaffen oder ungenutzte UFIP-Geräte entfernen.',
    ],
  },
  refusedByConnector: {
    en: (answer) => [
      `The cloud did not take the data: ${answer}`,
      'Correct what it says; the next synchronisation tries again.',
    ],
    de: (answer) => [
      `Die Cloud hat die Daten nicht angenommen: ${answer}`,
      'Den genannten Grund beheben; die nächste Synchronisation versucht es wieder.',
    ],
  },
};

/** The sentences of a row. */
export function reasonText(
  { reason, about }: { readonly reason: ReasonCode; readonly about?: string | undefined },
  language: Language,
): ReasonText {
  const [why, action] = REASONS[reason][language](about ?? '');
  return { reason: why, action };
}
