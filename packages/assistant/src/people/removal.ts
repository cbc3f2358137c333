import type { Change, Language } from '@unisono/pbx';
import type { MailboxPort, NowPort } from '../ports.ts';
import type { Person } from './people.ts';

/** What removing a person means, counted: the preview says it in words. */
export interface Removal {
  readonly name: string;
  /** The desk number; absent: there is none. */
  readonly number: string | undefined;
  readonly outsideNumber: string | undefined;
  readonly hasDeskPhone: boolean;
  readonly hasClients: boolean;
  readonly keepsNumber: boolean;
  /** Messages in the mailbox; undefined: there is no mailbox. */
  readonly messages: number | undefined;
  readonly runningCalls: number;
  readonly directory: 'removed' | 'noKey' | 'noCloud';
}

/** Everything of a person, in changes that belong together: all of it goes, or nothing. */
export function removalChanges({ user, station, ufipDevice }: Person, keepsNumber: boolean): readonly Change[] {
  const changes: Change[] = [];
  if (ufipDevice !== undefined) changes.push({ kind: 'delete', list: 'ufipDevices', id: ufipDevice.id });
  changes.push({ kind: 'delete', list: 'users', id: user.id });
  if (station === undefined) return changes;
  // A number that stays shows nobody's name any more.
  if (keepsNumber) changes.push({ kind: 'update', list: 'stations', id: station.id, value: { name: station.number } });
  else changes.push({ kind: 'delete', list: 'stations', id: station.id });
  return changes;
}

export interface RemovalSources {
  readonly now: NowPort;
  readonly mailboxes: MailboxPort | undefined;
  readonly directory: Removal['directory'];
}

export function removalOf(
  { user, station, ufipDevice }: Person,
  keepsNumber: boolean,
  { now, mailboxes, directory }: RemovalSources,
): Removal {
  return {
    name: user.name,
    number: station?.number,
    outsideNumber: station?.outsideNumber,
    hasDeskPhone: station?.device !== undefined,
    hasClients: ufipDevice !== undefined,
    keepsNumber: keepsNumber && station !== undefined,
    messages: user.mailbox ? (mailboxes?.box(user.id).messages.length ?? 0) : undefined,
    runningCalls: runningCallsOf({ user }, now),
    directory,
  };
}

/** Calls that the person has at this moment, at all gateways. */
export function runningCallsOf({ user }: Pick<Person, 'user'>, now: NowPort): number {
  return now.calls().filter(({ users }) => users.includes(user.id)).length;
}

/** Deletes messages and greeting: whoever gets the same id later must not hear them. */
export async function emptyMailbox(mailboxes: MailboxPort, user: string): Promise<void> {
  const { messages, hasGreeting } = mailboxes.box(user);
  for (const { messageId } of messages) await mailboxes.change(messageId, 'deleted');
  if (hasGreeting) await mailboxes.setGreeting(user, undefined);
}

/** The preview, a sentence for each thing that goes or stays. */
export function removalInWords(removal: Removal, language: Language): readonly string[] {
  return [
    ...station(removal)[language],
    ...clients(removal)[language],
    ...mailbox(removal)[language],
    ...calls(removal)[language],
    ...directory(removal)[language],
  ];
}

type Sentences = Readonly<Record<Language, readonly string[]>>;

function station({ number, outsideNumber, hasDeskPhone, keepsNumber, name }: Removal): Sentences {
  if (number === undefined) return { en: [], de: [] };
  const outside = outsideNumber === undefined ? ['', ''] : [` (${outsideNumber})`, ` (${outsideNumber})`];
  if (keepsNumber)
    return {
      en: [
        `Desk number ${number}${outside[0]} stays${hasDeskPhone ? ' with its desk phone' : ''}, without a name, and keeps its licence (Flex).`,
      ],
      de: [
        `Die Nebenstelle ${number}${outside[1]} bleibt${hasDeskPhone ? ' mit ihrem Tischtelefon' : ''}, ohne Namen, und behält ihre Lizenz (Flex).`,
      ],
    };
  return {
    en: [
      `Desk number ${number}${outside[0]} of ${name} goes: nobody reaches it any more. A licence (Flex) becomes free.`,
      ...(hasDeskPhone ? ['The desk phone cannot register any more; its password is void at once.'] : []),
    ],
    de: [
      `Die Nebenstelle ${number}${outside[1]} von ${name} entfällt: Niemand erreicht sie mehr. Eine Lizenz (Flex) wird frei.`,
      ...(hasDeskPhone
        ? ['Das Tischtelefon kann sich nicht mehr anmelden; sein Passwort gilt sofort nicht mehr.']
        : []),
    ],
  };
}

function clients({ hasClients }: Removal): Sentences {
  if (!hasClients) return { en: [], de: [] };
  return {
    en: [
      'Unisono Phone stops in every browser and app of the person at once: registrations are dropped, credentials are void. A licence (Unify Phone) becomes free.',
    ],
    de: [
      'Unisono Phone endet sofort in jedem Browser und jeder App der Person: Anmeldungen werden getrennt, Zugangsdaten gelten nicht mehr. Eine Lizenz (Unify Phone) wird frei.',
    ],
  };
}

function mailbox({ messages }: Removal): Sentences {
  if (messages === undefined) return { en: [], de: [] };
  const [en, de] =
    messages === 0
      ? ['It is empty.', 'Sie ist leer.']
      : messages === 1
        ? ['One message is deleted.', 'Eine Nachricht wird gelöscht.']
        : [`${messages} messages are deleted.`, `${messages} Nachrichten werden gelöscht.`];
  return { en: [`The mailbox goes. ${en}`], de: [`Die Mailbox entfällt. ${de}`] };
}

function calls({ runningCalls }: Removal): Sentences {
  if (runningCalls === 0) return { en: [], de: [] };
  return {
    en: [
      `${runningCalls === 1 ? 'One call is running; it goes on until it ends.' : `${runningCalls} calls are running; they go on until they end.`}`,
    ],
    de: [
      `${runningCalls === 1 ? 'Ein Gespräch läuft; es läuft weiter, bis es endet.' : `${runningCalls} Gespräche laufen; sie laufen weiter, bis sie enden.`}`,
    ],
  };
}

function directory({ directory: what }: Removal): Sentences {
  switch (what) {
    case 'removed':
      return {
        en: [
          'The person is taken out of the cloud’s directory: they are signed out everywhere and cannot sign in again.',
        ],
        de: [
          'Die Person wird aus dem Verzeichnis der Cloud genommen: Sie ist überall abgemeldet und kann sich nicht mehr anmelden.',
        ],
      };
    case 'noKey':
      return {
        en: [
          'What Unisono Phone needs to connect is withdrawn from the cloud. The person stays in its directory: remove them there too, or configure assistant.directoryKey.',
        ],
        de: [
          'Die Verbindungsdaten werden aus der Cloud zurückgezogen. Im Verzeichnis der Cloud bleibt die Person: dort auch entfernen, oder assistant.directoryKey einrichten.',
        ],
      };
    case 'noCloud':
      return { en: [], de: [] };
  }
}
