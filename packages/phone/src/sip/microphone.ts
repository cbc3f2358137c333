import type { InDialogAnswer, InDialogRequest, Message } from './in-dialog.ts';

/** The Info Package (RFC 6086) by which the phone system learns that the microphone is off, and keeps it for a device that takes the call over. */
const PACKAGE = 'unisono-microphone';
/** Says that the microphone was off on the device that the call comes from. */
const HEADER = 'Unisono-Microphone';

/** That we go on with the microphone as it was: in an INVITE with Replaces, and in an answer. */
export const TAKES_MICROPHONE = `Recv-Info: ${PACKAGE}`;

/** Whether the call comes with its microphone off. */
export function isMutedIn(message: Message): boolean {
  return message.getHeader(HEADER)?.trim().toLowerCase() === 'muted';
}

/** Tells the phone system of the microphone, where that wants to know: the last state, once the one before has arrived. */
export class MicrophoneTeller {
  readonly #send: (request: InDialogRequest) => Promise<InDialogAnswer>;
  #isWanted = false;
  #isMuted = false;
  #told = false;
  #isTelling = false;

  constructor(send: (request: InDialogRequest) => Promise<InDialogAnswer>) {
    this.#send = send;
  }

  /** A message that begins the dialog: what the phone system says of itself, and what it knows already. */
  begin(message: Message): void {
    this.#isWanted ||= message.getHeaders('Recv-Info').some((value) => value.toLowerCase().includes(PACKAGE));
    this.#told ||= isMutedIn(message);
  }

  set(isMuted: boolean): void {
    this.#isMuted = isMuted;
    void this.again();
  }

  /** What did not arrive is told again. */
  async again(): Promise<void> {
    if (this.#isTelling || !this.#isWanted) return;
    this.#isTelling = true;
    while (this.#told !== this.#isMuted) {
      const isMuted = this.#isMuted;
      const extraHeaders = [`Info-Package: ${PACKAGE}`, 'Content-Type: text/plain'];
      const answer = await this.#send({ extraHeaders, body: isMuted ? 'muted' : 'open' });
      if (answer.kind === 'lost' || answer.status >= 300) break;
      this.#told = isMuted;
    }
    this.#isTelling = false;
  }
}
