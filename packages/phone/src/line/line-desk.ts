import type { PhoneClock, PhoneRandom } from '../ports.ts';
import type { SipAgent } from '../sip/sip-port.ts';
import type { LineState } from '../state.ts';
import { FIRST_LINE, type LineEffect, type LineEvent, type LineMachine, lineOf, stepLine } from './line-machine.ts';

export interface LineDeskPorts {
  readonly clock: PhoneClock;
  readonly random: PhoneRandom;
  readonly agent: () => SipAgent | undefined;
  readonly onChange: (line: LineState) => void;
  readonly askForCredentials: () => void;
}

/** Drives the machine of the registration. */
export class LineDesk {
  readonly #ports: LineDeskPorts;
  #machine: LineMachine = FIRST_LINE;
  #cancelTimer: (() => void) | undefined;

  constructor(ports: LineDeskPorts) {
    this.#ports = ports;
  }

  get isReady(): boolean {
    return lineOf(this.#machine).phase === 'ready';
  }

  tell(event: LineEvent): void {
    const { clock, random, onChange } = this.#ports;
    const { state, effects } = stepLine(this.#machine, event, { nowMs: clock.nowMs(), fraction: random.fraction() });
    const isChanged = state !== this.#machine;
    this.#machine = state;
    if (isChanged) onChange(lineOf(state));
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: LineEffect): void {
    const { agent, clock, askForCredentials } = this.#ports;
    switch (effect.do) {
      case 'openSocket':
        agent()?.openSocket();
        break;
      case 'closeSocket':
        agent()?.closeSocket();
        break;
      case 'register':
        agent()?.register();
        break;
      case 'startRetryTimer':
        this.#cancelTimer?.();
        this.#cancelTimer = clock.after(effect.delayMs, () => this.tell({ type: 'retryTimer' }));
        break;
      case 'stopRetryTimer':
        this.#cancelTimer?.();
        break;
      case 'askForCredentials':
        askForCredentials();
        break;
    }
  }
}
