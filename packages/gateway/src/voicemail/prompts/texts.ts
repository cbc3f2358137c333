import type { Language } from '@unisono/pbx';
import { MOST_COUNTED, type PhraseName } from '../speech.ts';

/** What is said by tone and not by voice. */
type Spoken = Exclude<PhraseName, 'beep'>;

const ENGLISH: Readonly<Record<Spoken, string>> = {
  defaultGreeting: 'The person you are calling is not available. Please leave a message after the tone.',
  enterMailbox: 'Please enter the number of the mailbox, then press hash.',
  enterPin: 'Please enter your PIN, then press hash.',
  wrongPin: 'That PIN is wrong.',
  noEntry: 'That PIN was wrong too often. Goodbye.',
  noMailbox: 'There is no mailbox for you.',
  noMessages: 'There are no messages.',
  mainMenu: 'Press 1 for new messages, 2 for saved ones, 3 for your greeting, 4 for a new PIN. To end, press star.',
  messageMenu: 'Press 1 to hear it again, 2 to save it and go on, 3 to delete it, star for the menu.',
  endOfMessages: 'There are no more messages.',
  from: 'from',
  unknownCaller: 'an unknown caller.',
  deleted: 'Deleted.',
  saved: 'Saved.',
  greetingMenu: 'Press 1 to hear your greeting, 2 to record one, 3 for the standard greeting, star for the menu.',
  recordGreeting: 'Speak after the tone, then press hash.',
  greetingStored: 'Your greeting is stored.',
  greetingRemoved: 'Callers hear the standard greeting.',
  noGreeting: 'You have no greeting of your own.',
  newPin: 'Please enter a new PIN of 4 to 10 digits, then press hash.',
  newPinAgain: 'Please enter it once more.',
  pinStored: 'Your new PIN is stored.',
  pinsDiffer: 'That was another one.',
  pinTooShort: 'That is too short.',
  goodbye: 'Goodbye.',
};

const GERMAN: Readonly<Record<Spoken, string>> = {
  defaultGreeting: 'Der gewünschte Teilnehmer ist nicht erreichbar. Bitte sprechen Sie nach dem Ton.',
  enterMailbox: 'Bitte geben Sie die Nummer der Mailbox ein und drücken Sie Raute.',
  enterPin: 'Bitte geben Sie Ihre Pinn ein und drücken Sie Raute.',
  wrongPin: 'Diese Pinn ist falsch.',
  noEntry: 'Die Pinn war zu oft falsch. Auf Wiederhören.',
  noMailbox: 'Für Sie gibt es keine Mailbox.',
  noMessages: 'Es gibt keine Nachrichten.',
  mainMenu:
    'Drücken Sie 1 für neue Nachrichten, 2 für gespeicherte, 3 für Ihre Ansage, 4 für eine neue Pinn. Zum Beenden drücken Sie Stern.',
  messageMenu: 'Drücken Sie 1 zum Wiederholen, 2 zum Speichern, 3 zum Löschen, Stern für das Menü.',
  endOfMessages: 'Es gibt keine weiteren Nachrichten.',
  from: 'von',
  unknownCaller: 'unbekannt.',
  deleted: 'Gelöscht.',
  saved: 'Gespeichert.',
  greetingMenu:
    'Drücken Sie 1, um Ihre Ansage zu hören, 2, um eine aufzunehmen, 3 für die Standardansage, Stern für das Menü.',
  recordGreeting: 'Sprechen Sie nach dem Ton und drücken Sie dann Raute.',
  greetingStored: 'Ihre Ansage ist gespeichert.',
  greetingRemoved: 'Anrufer hören die Standardansage.',
  noGreeting: 'Sie haben keine eigene Ansage.',
  newPin: 'Bitte geben Sie eine neue Pinn mit 4 bis 10 Ziffern ein und drücken Sie Raute.',
  newPinAgain: 'Bitte geben Sie sie noch einmal ein.',
  pinStored: 'Ihre neue Pinn ist gespeichert.',
  pinsDiffer: 'Das war eine andere.',
  pinTooShort: 'Das ist zu kurz.',
  goodbye: 'Auf Wiederhören.',
};

const ENGLISH_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const GERMAN_DAYS = ['Sonntag', 'Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag'];

/** Every prompt by its name, as it is spoken. */
export function textsOf(language: Language): ReadonlyMap<string, string> {
  return new Map([
    ...Object.entries(language === 'de' ? GERMAN : ENGLISH),
    ...(language === 'de' ? germanParts() : englishParts()),
    ...Array.from({ length: 10 }, (_, digit): [string, string] => [`digit-${digit}`, String(digit)]),
    ['plus', 'plus'],
  ]);
}

function englishParts(): [string, string][] {
  return [
    ...counts((count, kind) => `You have ${count} ${kind} ${count === '1' ? 'message' : 'messages'}.`, {
      fresh: 'new',
      saved: 'saved',
      many: `more than ${MOST_COUNTED}`,
    }),
    ['today', 'Today'],
    ['yesterday', 'Yesterday'],
    ['earlier', 'More than a week ago'],
    ...ENGLISH_DAYS.map((day, index): [string, string] => [`weekday-${index}`, `On ${day}`]),
    ...Array.from({ length: 24 }, (_, hour): [string, string] => [`hour-${hour}`, `at ${hour}`]),
    ...Array.from({ length: 60 }, (_, minute): [string, string] => [
      `minute-${minute}`,
      minute === 0 ? "o'clock" : minute < 10 ? `oh ${minute}` : String(minute),
    ]),
  ];
}

function germanParts(): [string, string][] {
  return [
    ...counts(
      (count, kind) =>
        count === '1' ? `Sie haben eine ${kind} Nachricht.` : `Sie haben ${count} ${kind} Nachrichten.`,
      { fresh: 'neue', saved: 'gespeicherte', many: `mehr als ${MOST_COUNTED}` },
    ),
    ['today', 'Heute'],
    ['yesterday', 'Gestern'],
    ['earlier', 'Vor mehr als einer Woche'],
    ...GERMAN_DAYS.map((day, index): [string, string] => [`weekday-${index}`, `Am ${day}`]),
    ...Array.from({ length: 24 }, (_, hour): [string, string] => [
      `hour-${hour}`,
      `um ${hour === 1 ? 'ein' : hour} Uhr`,
    ]),
    ...Array.from({ length: 60 }, (_, minute): [string, string] => [
      `minute-${minute}`,
      minute === 0 ? '' : minute === 1 ? 'eins' : String(minute),
    ]),
  ];
}

function counts(
  sentence: (count: string, kind: string) => string,
  words: { readonly fresh: string; readonly saved: string; readonly many: string },
): [string, string][] {
  return [...Array(MOST_COUNTED).keys()]
    .flatMap((index): [string, string][] => [
      [`new-${index + 1}`, sentence(String(index + 1), words.fresh)],
      [`saved-${index + 1}`, sentence(String(index + 1), words.saved)],
    ])
    .concat([
      ['new-many', sentence(words.many, words.fresh)],
      ['saved-many', sentence(words.many, words.saved)],
    ]);
}
