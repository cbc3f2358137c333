/** The texts of inviting, switching on and removing people, and why the steps of a new one are refused. */
export const PEOPLE_WORDS = {
  phone: ['Unisono Phone', 'Unisono Phone'],
  phoneSwitchOn: ['Switch Unisono Phone on', 'Unisono Phone einschalten'],
  phoneSwitchOff: ['Switch Unisono Phone off', 'Unisono Phone ausschalten'],
  phoneSwitchOffAbout: [
    'Browsers and apps of the person are dropped at once; the licence becomes free.',
    'Browser und Apps der Person werden sofort getrennt; die Lizenz wird frei.',
  ],
  mailbox: ['Mailbox for messages', 'Postfach für Nachrichten'],
  mailboxSwitchOn: ['Set up the mailbox', 'Postfach einrichten'],
  mailboxSwitchOff: ['Take the mailbox away', 'Postfach wegnehmen'],
  inviteByMail: ['Invite to Unisono Phone by e-mail', 'Per E-Mail zu Unisono Phone einladen'],
  invite: ['Invite', 'Einladen'],
  inviteAgain: ['Send again', 'Erneut senden'],
  invitation: ['Invitation to Unisono Phone', 'Einladung zu Unisono Phone'],
  'standing.absent': ['Not invited yet.', 'Noch nicht eingeladen.'],
  'standing.uninvited': [
    'In the directory of the cloud; no invitation can be used now.',
    'Im Verzeichnis der Cloud; zurzeit ist keine Einladung gültig.',
  ],
  'standing.invited': ['Invited on', 'Eingeladen am'],
  'standing.accepted': [
    'The invitation was accepted: the person has signed in.',
    'Die Einladung wurde angenommen: Die Person hat sich angemeldet.',
  ],
  'standing.off': [
    'Switched off in the directory of the cloud. Inviting switches it on.',
    'Im Verzeichnis der Cloud ausgeschaltet. Einladen schaltet es ein.',
  ],
  goodUntil: ['good until', 'gültig bis'],
  invitedNow: ['The invitation is on its way to', 'Die Einladung ist unterwegs an'],
  acceptedNow: [
    'The person has signed in before: Unisono Phone is on for them, and no mail was sent.',
    'Die Person hat sich schon angemeldet: Unisono Phone ist für sie eingeschaltet, und es ging keine Mail hinaus.',
  ],
  keptMail: [
    'No mail server is configured (connector.smtp.url), so nobody has got a mail. Hand this link to the person; it works once:',
    'Es ist kein Mailserver eingerichtet (connector.smtp.url), daher ging keine Mail hinaus. Diesen Link der Person geben; er gilt einmal:',
  ],
  keptIn: ['The mail lies in', 'Die Mail liegt in'],
  'access.noCloud': [
    'Nobody can be invited: no cloud (Telephony Connector) is configured. Set assistant.connector and assistant.key.',
    'Einladen ist nicht möglich: Es ist keine Cloud (Telephony Connector) eingerichtet. assistant.connector und assistant.key setzen.',
  ],
  'access.noKey': [
    'Nobody can be invited from here yet: the operator of the cloud makes a key (unisono connector add-key TENANT --scope directory), and it is set as assistant.directoryKey.',
    'Von hier kann noch niemand eingeladen werden: Der Betreiber der Cloud erzeugt einen Schlüssel (unisono connector add-key MANDANT --scope directory), und er wird als assistant.directoryKey gesetzt.',
  ],
  removePerson: ['Remove person', 'Person entfernen'],
  removeWhat: ['This is what happens', 'Das geschieht'],
  removeObstacles: ['This has to be changed first', 'Das ist vorher zu ändern'],
  keepNumber: ['Keep the desk number and its phone', 'Nebenstelle und ihr Telefon behalten'],
  removeNow: ['Remove for good', 'Endgültig entfernen'],
  'removed.removed': [
    'was removed, here and in the directory of the cloud.',
    'wurde entfernt, hier und im Verzeichnis der Cloud.',
  ],
  'removed.absent': [
    'was removed. The directory of the cloud did not know them.',
    'wurde entfernt. Das Verzeichnis der Cloud kannte die Person nicht.',
  ],
  'removed.pending': [
    'was removed here. The cloud is away: the person is taken out of its directory as soon as it is back.',
    'wurde hier entfernt. Die Cloud ist nicht erreichbar: Sobald sie es ist, wird die Person auch dort entfernt.',
  ],
  'removed.noKey': [
    'was removed here. Remove the person in the directory of the cloud too: nothing may be written there from here (assistant.directoryKey).',
    'wurde hier entfernt. Im Verzeichnis der Cloud auch entfernen: Von hier darf dort nichts geschrieben werden (assistant.directoryKey).',
  ],
  'removed.noCloud': ['was removed.', 'wurde entfernt.'],
  departures: [
    'Removed here, and to be taken out of the directory of the cloud as soon as it is reached',
    'Hier entfernt; im Verzeichnis der Cloud, sobald es erreichbar ist',
  ],
  passwordsOnce: [
    'For the desk phone. The password is shown this once:',
    'Für das Tischtelefon. Das Passwort wird nur jetzt gezeigt:',
  ],
  otherSoftphonePassword: [
    'New SIP password: softphone of another maker',
    'Neues SIP-Passwort: Softphone eines anderen Herstellers',
  ],
  otherSoftphone: [
    'Account for a SIP softphone of another maker',
    'Konto für ein SIP-Softphone eines anderen Herstellers',
  ],
  otherSoftphoneAbout: [
    'Unisono Phone does not need it: people sign in there with the password they choose. It is shown this once.',
    'Unisono Phone braucht es nicht: Dort melden sich Personen mit dem Passwort an, das sie wählen. Es wird nur jetzt gezeigt.',
  ],
  deskLicences: ['Licences for desk numbers (Flex)', 'Lizenzen für Nebenstellen (Flex)'],
  phoneLicences: ['Licences for Unisono Phone (Unify Phone)', 'Lizenzen für Unisono Phone (Unify Phone)'],
  'refused.fieldFormat': ['is not written as it has to be', 'ist nicht so geschrieben, wie es sein muss'],
  'refused.fieldRange': ['is too short or too long', 'ist zu kurz oder zu lang'],
  'refused.fieldMissing': ['is missing', 'fehlt'],
  'refused.numberDuplicate': ['is given to somebody already', 'ist schon vergeben'],
  'refused.numberOutsideRanges': [
    'lies in none of the ranges of internal numbers',
    'liegt in keinem Bereich der internen Nummern',
  ],
  'refused.numberReserved': ['lies in a range that is reserved', 'liegt in einem reservierten Bereich'],
  'refused.numberIsEmergency': ['is an emergency number', 'ist eine Notrufnummer'],
  'refused.numberIsFeatureCode': ['is a feature code', 'ist eine Kennziffer'],
  'refused.numberHasPrefix': [
    'begins with the digit for an outside line',
    'beginnt mit der Kennziffer für ein Amtsgespräch',
  ],
  'refused.emailDuplicate': ['belongs to somebody already', 'gehört schon jemandem'],
  'refused.idDuplicate': ['is given to somebody already', 'ist schon vergeben'],
  'refused.flexLicencesOverrun': [
    'No licence for a desk number (Flex) is free.',
    'Keine Lizenz für eine Nebenstelle (Flex) ist frei.',
  ],
  'refused.unifyPhoneLicencesOverrun': [
    'No licence for Unisono Phone (Unify Phone) is free.',
    'Keine Lizenz für Unisono Phone (Unify Phone) ist frei.',
  ],
  numberWrong: ['The number consists of digits only.', 'Die Nummer besteht nur aus Ziffern.'],
} as const satisfies Readonly<Record<string, readonly [en: string, de: string]>>;
