/** One way to drive every kind of phone, so that each can call each. */

import { watch } from '../interop/watch.ts';
import {
  type Baresip,
  type BaresipAccount,
  type BrowserPhone,
  type Linphonec,
  type PortBlock,
  runSipp,
  type Sipp,
  type SippResult,
  startSipp,
} from '../peers/index.ts';

/** A registered phone that says one tone. */
export interface Party {
  readonly name: string;
  /** Number at which it is reached. */
  readonly number: string;
  /** What it says; `echo`: what it hears. */
  readonly toneHz: number | 'echo';
  /** Forgets what was, for the next call. */
  begin(): Promise<void>;
  dial(number: string): Promise<void>;
  waitForRinging(): Promise<void>;
  answer(): Promise<void>;
  waitForAnswer(): Promise<void>;
  waitForTone(frequencyHz: number): Promise<void>;
  /** Resolves when the other side's sound has stopped. */
  hold(): Promise<void>;
  resume(): Promise<void>;
  sendDigits(digits: string): Promise<void>;
  hangUp(): Promise<void>;
  waitForEnd(): Promise<void>;
}

export interface Seat {
  readonly name: string;
  readonly number: string;
  readonly toneHz: number;
}

export function browserParty(phone: BrowserPhone, seat: Seat): Party {
  let known = 0;
  let id = 0;
  return {
    ...seat,
    begin: async () => {
      known = (await phone.view()).calls.length;
    },
    dial: async (number) => {
      id = await phone.call(`sip:${number}@127.0.0.1`, seat.toneHz);
    },
    waitForRinging: async () => {
      id = (await phone.waitForCall(known)).id;
    },
    answer: async () => {
      await phone.answer(id, seat.toneHz);
    },
    waitForAnswer: async () => {
      await phone.waitForState(id, 'confirmed');
    },
    waitForTone: (frequencyHz) => phone.waitForTone(id, frequencyHz),
    hold: async () => {
      await phone.hold(id);
    },
    resume: async () => {
      await phone.resume(id);
    },
    sendDigits: async (digits) => {
      await phone.sendDigits(id, digits);
    },
    hangUp: async () => {
      await phone.hangUp(id);
    },
    waitForEnd: async () => {
      await phone.waitForState(id, 'ended');
    },
  };
}

export function baresipParty(phone: Baresip, seat: Seat): Party {
  let now = watch(phone);
  return {
    ...seat,
    begin: async () => {
      now = watch(phone);
    },
    dial: (number) => phone.dial(number),
    waitForRinging: async () => {
      await now.event('CALL_INCOMING');
    },
    answer: () => phone.answer(),
    waitForAnswer: async () => {
      await now.event('CALL_ESTABLISHED');
    },
    waitForTone: (frequencyHz) => phone.waitForTone(frequencyHz),
    hold: () => phone.hold(),
    resume: () => phone.resume(),
    sendDigits: (digits) => phone.dtmf(digits),
    hangUp: () => phone.hangup(),
    waitForEnd: async () => {
      await now.event('CALL_CLOSED');
    },
  };
}

export function linphonecParty(phone: Linphonec, seat: Seat, domain: string): Party {
  return {
    ...seat,
    begin: () => phone.waitForNoCall(),
    dial: (number) => phone.call(`sip:${number}@${domain}`),
    waitForRinging: async () => {
      await phone.waitForCall('IncomingReceived');
    },
    answer: () => phone.answer(),
    waitForAnswer: async () => {
      await phone.waitForCall('StreamsRunning');
    },
    waitForTone: (frequencyHz) => phone.waitForTone(frequencyHz),
    hold: () => phone.hold(),
    resume: () => phone.resume(),
    sendDigits: async () => {
      throw new Error('linphonec types its digits only one by one');
    },
    hangUp: () => phone.terminate(),
    waitForEnd: () => phone.waitForNoCall(),
  };
}

/** How long SIPp is in a call that it made: it hangs up by itself. */
const SIPP_TALKS_MS = 2_500;

/**
 * SIPp by UDP, which sends back what it hears: whoever talks to it hears itself. It registers and calls from the port it is called
 * at: a border's door knows a phone by where it registered from. It answers and hangs up by itself.
 */
export async function sippParty(account: BaresipAccount, number: string, ports: PortBlock): Promise<Party> {
  const { user, password = '', domain: remote } = account;
  const port = ports.port(0);
  const registered = await runSipp({
    scenario: 'register',
    remote,
    port,
    rows: [{ user, password }],
    keys: { contact_port: port },
  });
  if (!registered.ok) throw new Error(`SIPp could not register:\n${registered.errors}`);
  let called: Sipp | undefined;
  let calling: Promise<SippResult> | undefined;
  const nothing = async (): Promise<void> => {};
  const unable = async (): Promise<void> => {
    throw new Error('SIPp does what its scenario says');
  };
  return {
    name: 'sipp',
    number,
    toneHz: 'echo',
    begin: async () => {
      called = await startSipp({ scenario: 'uas', port, calls: 1, extraArguments: ['-rtp_echo'] });
    },
    dial: async (target) => {
      await called?.close();
      called = undefined;
      calling = runSipp({
        scenario: 'uac-auth',
        remote,
        port,
        rows: [{ user, target, password }],
        pauseMs: SIPP_TALKS_MS,
        // Its own choice, the host alone, is not what the request asks for.
        extraArguments: ['-rtp_echo', '-auth_uri', `${target}@${remote}`],
      });
    },
    waitForRinging: nothing,
    answer: nothing,
    waitForAnswer: nothing,
    // What it hears comes back from it.
    waitForTone: nothing,
    hold: unable,
    resume: unable,
    sendDigits: unable,
    hangUp: nothing,
    waitForEnd: async () => {
      const { ok, errors } = (await (calling ?? called?.done)) ?? { ok: false, errors: 'no call' };
      calling = undefined;
      await called?.close();
      called = undefined;
      if (!ok) throw new Error(`SIPp's call did not go as its scenario says:\n${errors}`);
    },
  };
}
