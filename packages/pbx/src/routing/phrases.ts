import type { Language } from '../model/index.ts';
import type { DivertReason, RefusalCode, RingTarget } from './plan.ts';

/** Which of the user's calls a sentence is about. */
export type CallOrdinal = 'first' | 'second';

/** What can end the ringing, or a call that was sent on (`unreached`), each the beginning of a sentence. */
export type RingEnd = 'noAnswer' | 'anyBusy' | 'allBusy' | 'declined' | 'unreachable' | 'unreached';

/** The words of one language; the sentences are put together in `explainPlan`. */
export interface Phrases {
  readonly call: Readonly<Record<CallOrdinal, string>>;
  readonly targets: Readonly<Record<RingTarget, string>>;
  readonly and: string;
  /** Rings at once: `call`, names of the targets, seconds. */
  rings(call: string, targets: string, ringSec: number): string;
  /** Rings one after the other: `call`, first target, seconds, second target, seconds in all. */
  ringsInTurn(call: string, first: string, afterSec: number, second: string, ringSec: number): string;
  readonly when: Readonly<Record<RingEnd, string>>;
  /** Continues `when`. */
  thenDeflect(target: string): string;
  readonly thenVoicemail: string;
  thenRefuse(what: string): string;
  /** What ended the ringing is what the caller hears. */
  readonly thenAsItWas: string;
  thenRings(targets: string, ringSec: number): string;
  /** Begins with `call`. */
  deflects(call: string, target: string, why: string): string;
  goesToVoicemail(call: string, why: string): string;
  refuses(call: string, what: string): string;
  readonly why: Readonly<Record<DivertReason, string>>;
  readonly refusals: Readonly<Record<RefusalCode, string>>;
}

const english: Phrases = {
  call: { first: 'A call now', second: 'A second one' },
  targets: { desk: 'the desk phone', clients: 'Unisono Phone' },
  and: ' and ',
  rings: (call, targets, sec) => `${call} would ring ${targets} for ${sec} seconds.`,
  ringsInTurn: (call, first, after, second, sec) =>
    `${call} would ring ${first}, after ${after} seconds ${second} as well, for ${sec} seconds in all.`,
  when: {
    noAnswer: 'If nobody answers,',
    anyBusy: 'If a device is busy,',
    allBusy: 'If every device is busy,',
    declined: 'If it is declined,',
    unreachable: 'If no device can be reached,',
    unreached: 'If that number cannot be reached,',
  },
  thenDeflect: (target) => `it goes to ${target}.`,
  thenVoicemail: 'it goes to voicemail.',
  thenRefuse: (what) => `the caller hears ${what}.`,
  thenAsItWas: 'the caller hears what happened here: busy, declined or no answer.',
  thenRings: (targets, sec) => `it rings ${targets} for ${sec} seconds.`,
  deflects: (call, target, why) => `${call} would go to ${target}${why}.`,
  goesToVoicemail: (call, why) => `${call} would go to voicemail${why}.`,
  refuses: (call, what) => `${call} would not ring: the caller hears ${what}.`,
  why: {
    unconditional: ' at once',
    busy: ', because the user is busy',
    noAnswer: ', because nobody answers',
    unreachable: ', because no device can be reached',
    declined: ', because it was declined',
  },
  refusals: {
    unknownNumber: 'that the number does not exist',
    incompleteNumber: 'that the number is incomplete',
    notAllowed: 'that this is not allowed',
    callerUnknown: 'that the calling device is not configured',
    callerSignedOff: 'that the calling station is signed off',
    callerOutOfService: 'that the calling station is out of service',
    ownNumber: 'that this is the own number',
    noRoute: 'that there is no route to this number',
    noUser: 'that the station has no user',
    featureRefused: 'that the feature is refused',
    stationSignedOff: 'that the station is signed off',
    busy: 'the busy signal',
    noAnswer: 'that nobody answers',
    unreachable: 'that nobody can be reached',
    declined: 'that the call is declined',
    deflectionLoop: 'that the call goes round in a circle',
    tooManyDeflections: 'that the call is deflected too often',
  },
};

const german: Phrases = {
  call: { first: 'Ein Anruf jetzt', second: 'Ein zweiter' },
  targets: { desk: 'am Tischtelefon', clients: 'in Unisono Phone' },
  and: ' und ',
  rings: (call, targets, sec) => `${call} würde ${targets} klingeln, ${sec} Sekunden lang.`,
  ringsInTurn: (call, first, after, second, sec) =>
    `${call} würde ${first} klingeln, nach ${after} Sekunden auch ${second}, insgesamt ${sec} Sekunden lang.`,
  when: {
    noAnswer: 'Meldet sich niemand,',
    anyBusy: 'Ist ein Gerät besetzt,',
    allBusy: 'Sind alle Geräte besetzt,',
    declined: 'Wird er abgelehnt,',
    unreachable: 'Ist kein Gerät erreichbar,',
    unreached: 'Ist diese Nummer nicht erreichbar,',
  },
  thenDeflect: (target) => `geht er an ${target}.`,
  thenVoicemail: 'geht er auf die Mailbox.',
  thenRefuse: (what) => `hört der Anrufer${what}.`,
  thenAsItWas: 'hört der Anrufer, was hier war: besetzt, abgelehnt oder keine Antwort.',
  thenRings: (targets, sec) => `klingelt es ${targets}, ${sec} Sekunden lang.`,
  deflects: (call, target, why) => `${call} würde ${why}an ${target} gehen.`,
  goesToVoicemail: (call, why) => `${call} würde ${why}auf die Mailbox gehen.`,
  refuses: (call, what) => `${call} würde nicht klingeln: der Anrufer hört${what}.`,
  why: {
    unconditional: 'sofort ',
    busy: 'wegen Besetzt ',
    noAnswer: 'ohne Antwort ',
    unreachable: 'wegen Unerreichbarkeit ',
    declined: 'nach Ablehnung ',
  },
  refusals: {
    unknownNumber: ', dass es die Nummer nicht gibt',
    incompleteNumber: ', dass die Nummer unvollständig ist',
    notAllowed: ', dass dies nicht erlaubt ist',
    callerUnknown: ', dass das rufende Gerät nicht eingerichtet ist',
    callerSignedOff: ', dass die rufende Nebenstelle abgemeldet ist',
    callerOutOfService: ', dass die rufende Nebenstelle außer Betrieb ist',
    ownNumber: ', dass es die eigene Nummer ist',
    noRoute: ', dass kein Weg zu dieser Nummer führt',
    noUser: ', dass die Nebenstelle keinen Benutzer hat',
    featureRefused: ', dass die Funktion abgelehnt ist',
    stationSignedOff: ', dass die Nebenstelle abgemeldet ist',
    busy: ' das Besetztzeichen',
    noAnswer: ', dass sich niemand meldet',
    unreachable: ', dass niemand erreichbar ist',
    declined: ', dass der Anruf abgelehnt ist',
    deflectionLoop: ', dass der Anruf im Kreis läuft',
    tooManyDeflections: ', dass der Anruf zu oft weitergeleitet ist',
  },
};

export const PHRASES: Readonly<Record<Language, Phrases>> = { en: english, de: german };
