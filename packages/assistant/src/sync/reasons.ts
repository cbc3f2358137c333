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
    en: (number) => [`Matched with desk number ${number}; Unisono Phone has what it needs.`, 'Nothing to do.'],
    de: (number) => [`Der Nebenstelle ${number} zugeordnet; Unisono Phone hat, was es braucht.`, 'Nichts zu tun.'],
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
      'Unisono Phone is not on for this person in the cloud’s directory any more, and the cloud still has connection data.',
      'It is withdrawn by the next synchronisation. If that is not meant, invite the person again.',
    ],
    de: () => [
      'Unisono Phone ist für diese Person im Verzeichnis der Cloud nicht mehr eingeschaltet, und die Cloud hat noch Verbindungsdaten.',
      'Die nächste Synchronisation zieht sie zurück. Ist das nicht gewollt, die Person erneut einladen.',
    ],
  },
  deviceGone: {
    en: () => [
      'Unisono Phone is off here (no UFIP device), and the cloud still has connection data.',
      'It is withdrawn by the next synchronisation. If that is not meant, switch Unisono Phone on again on the person’s page.',
    ],
    de: () => [
      'Unisono Phone ist hier ausgeschaltet (kein UFIP-Gerät), und die Cloud hat noch Verbindungsdaten.',
      'Die nächste Synchronisation zieht sie zurück. Ist das nicht gewollt, Unisono Phone auf der Seite der Person wieder einschalten.',
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
    en: (name) => [
      `Unisono Phone is off for ${name} (no UFIP device).`,
      'Switch it on on the person’s page; it takes a licence (Unify Phone).',
    ],
    de: (name) => [
      `Unisono Phone ist für ${name} ausgeschaltet (kein UFIP-Gerät).`,
      'Auf der Seite der Person einschalten; es braucht eine Lizenz (Unify Phone).',
    ],
  },
  noDeviceNoLicence: {
    en: () => [
      'Unisono Phone is off (no UFIP device), and no licence (Unify Phone) is free for it.',
      'Get more licences, or switch Unisono Phone off for somebody who does not use it.',
    ],
    de: () => [
      'Unisono Phone ist ausgeschaltet (kein UFIP-Gerät), und keine Lizenz (Unify Phone) ist dafür frei.',
      'Weitere Lizenzen beschaffen oder Unisono Phone bei jemandem ausschalten, der es nicht nutzt.',
    ],
  },
  noPerson: {
    en: () => [
      'Has Unisono Phone here (UFIP device), and is not in the cloud’s directory (Unify Video directory) with this e-mail address, or is switched off there.',
      'Invite the person, or switch Unisono Phone off to free its licence.',
    ],
    de: () => [
      'Hat hier Unisono Phone (UFIP-Gerät) und steht mit dieser E-Mail-Adresse nicht im Verzeichnis der Cloud (Unify Video directory) oder ist dort ausgeschaltet.',
      'Die Person einladen, oder Unisono Phone ausschalten, damit die Lizenz frei wird.',
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
      `Desk station ${number} is signed off, so Unisono Phone cannot be reached by it.`,
      'Sign the station on, or give the person another desk station.',
    ],
    de: (number) => [
      `Die Nebenstelle ${number} ist abgemeldet; Unisono Phone ist über sie nicht erreichbar.`,
      'Die Nebenstelle anmelden oder der Person eine andere geben.',
    ],
  },
  noDeskStation: {
    en: (name) => [
      `${name} has no desk station, and Unisono Phone is reached by its number.`,
      'Give the person a desk station; it takes a Flex licence.',
    ],
    de: (name) => [
      `${name} hat keine Nebenstelle, und Unisono Phone ist über deren Nummer erreichbar.`,
      'Der Person eine Nebenstelle geben; sie braucht eine Flex-Lizenz.',
    ],
  },
  noLicence: {
    en: () => [
      'More people have Unisono Phone than licences (Unify Phone) are granted.',
      'Get more licences, or switch Unisono Phone off for people who do not use it.',
    ],
    de: () => [
      'Mehr Personen haben Unisono Phone, als Lizenzen (Unify Phone) vorhanden sind.',
      'Weitere Lizenzen beschaffen oder Unisono Phone bei Personen ausschalten, die es nicht nutzen.',
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
