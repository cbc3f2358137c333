/** The longest message, and the shortest that is kept: less is somebody who hung up at the tone. */
export const MAX_MESSAGE_MS = 5 * 60_000;
export const MIN_MESSAGE_MS = 1_000;
export const MAX_GREETING_MS = 60_000;
/** Messages that a mailbox takes. */
export const MAX_MESSAGES = 100;
