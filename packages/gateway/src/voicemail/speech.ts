/** Something that can be said: a phrase, a number spoken as a count, or what somebody left. */
export type Saying =
  | { readonly say: PhraseName }
  /** New or saved messages, as a whole sentence. */
  | { readonly count: number; readonly of: 'new' | 'saved' }
  /** Digit by digit. */
  | { readonly digits: string }
  /** When a message came, as seen from now: day and time of day. */
  | { readonly time: number }
  /** The audio of a message. */
  | { readonly message: string }
  | { readonly greeting: 'own' };

export type PhraseName =
  | 'defaultGreeting'
  | 'beep'
  | 'enterMailbox'
  | 'enterPin'
  | 'wrongPin'
  | 'noEntry'
  | 'noMailbox'
  | 'noMessages'
  | 'mainMenu'
  | 'messageMenu'
  | 'endOfMessages'
  | 'from'
  | 'unknownCaller'
  | 'deleted'
  | 'saved'
  | 'greetingMenu'
  | 'recordGreeting'
  | 'greetingStored'
  | 'greetingRemoved'
  | 'noGreeting'
  | 'newPin'
  | 'newPinAgain'
  | 'pinStored'
  | 'pinsDiffer'
  | 'pinTooShort'
  | 'goodbye';

/** Messages beyond this many are said to be "more than". */
export const MOST_COUNTED = 10;
