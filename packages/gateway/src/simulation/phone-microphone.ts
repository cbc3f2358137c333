import type { ExtraHeaders, RequestFailure, Session, SipMessage, SipResponse } from '@unisono/sip';

/** The Info Package (RFC 6086) by which a client tells that its user has turned the microphone off. */
const PACKAGE = 'unisono-microphone';
/** Says that the microphone was off on the device that the call comes from. */
const HEADER = 'Unisono-Microphone';

/** What a client writes into the messages that begin a dialog when it goes on with the microphone as it was. */
export const TAKES_MICROPHONE: ExtraHeaders = [['Recv-Info', PACKAGE]];

/** The microphone of a client in one call: it tells the last state, once the one before has arrived. */
export class PhoneMicrophone {
  /** As its user has it. */
  isMuted = false;
  /** As the gateway knows it. */
  isToldMuted = false;
  #isWanted = false;
  #isTelling = false;

  /** A message that begins the dialog: whether the gateway wants to know, and what it knows already. */
  begin({ headers }: SipMessage): void {
    this.#isWanted ||= headers.hasToken('Recv-Info', PACKAGE);
    if (headers.get(HEADER) === 'muted') this.isMuted = this.isToldMuted = true;
  }

  /** Its user turns it off or on. */
  set(session: Session | undefined, isMuted: boolean): void {
    this.isMuted = isMuted;
    this.#tell(session);
  }

  #tell(session: Session | undefined): void {
    const { isMuted } = this;
    if (!session || session.isTerminated || this.#isTelling || !this.#isWanted || isMuted === this.isToldMuted) return;
    this.#isTelling = true;
    tellMicrophone(session, isMuted ? 'muted' : 'open', (status) => {
      this.#isTelling = false;
      if (status >= 300) return;
      this.isToldMuted = isMuted;
      this.#tell(session);
    });
  }
}

/** The INFO itself; `done` gets the status of the answer. */
export function tellMicrophone(session: Session, state: string, done: (status: number) => void): void {
  const payload = { type: 'text/plain', bytes: Buffer.from(state) };
  const headers = [['Info-Package', PACKAGE]] as const;
  session.request('INFO', { payload, headers }, (outcome: SipResponse | RequestFailure) => {
    done(typeof outcome === 'object' ? outcome.status : 408);
  });
}
