import type { UpBody } from '@unisono/contract';
import type { System, User } from '@unisono/pbx';
import type { AssistantClock, NowPort } from './ports.ts';

type UserStateBody = Extract<UpBody, { kind: 'userState' }>;

/** Contacts by device, and calls by user. */
export interface Busy {
  readonly contacts: ReadonlyMap<string, number>;
  readonly calls: ReadonlyMap<string, number>;
}

/** What was told of a user last, in short: compared for everybody again and again. */
interface Told {
  readonly state: string;
  /** Which kinds of devices can ring: what a call would do depends on that. */
  readonly rings: string;
}

/** What of each user can be rung and is busy, and what of it has been told. */
export class UserStates {
  readonly #now: NowPort;
  readonly #clock: AssistantClock;
  readonly #told = new Map<string, Told>();

  constructor(now: NowPort, clock: AssistantClock) {
    this.#now = now;
    this.#clock = clock;
  }

  busyNow(): Busy {
    const contacts = new Map<string, number>();
    const calls = new Map<string, number>();
    const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
    for (const { device } of this.#now.contacts()) count(contacts, device);
    for (const { users } of this.#now.calls()) for (const user of users) count(calls, user);
    return { contacts, calls };
  }

  /** Notes the state of a user as told; `same` when it was told before, else whether other kinds of devices ring now. */
  note(system: System, user: User, busy: Busy): 'same' | 'changed' | 'rings otherwise' {
    const { isDeskRegistered, clientCount, callCount } = stateOf(system, user, busy);
    const rings = `${isDeskRegistered ? 'desk' : ''}${clientCount > 0 ? 'clients' : ''}`;
    const state = `${rings} ${clientCount} ${callCount}`;
    const before = this.#told.get(user.id);
    if (before?.state === state) return 'same';
    this.#told.set(user.id, { state, rings });
    return before?.rings === rings ? 'changed' : 'rings otherwise';
  }

  /** The next look tells the user's state again. */
  forget(user: string): void {
    this.#told.delete(user);
  }

  body(system: System, person: string, user: User, busy: Busy): UserStateBody {
    const state = { ...stateOf(system, user, busy), atMs: this.#clock.epochMs() };
    return { kind: 'userState', userId: person, state };
  }
}

function stateOf(system: System, user: User, { contacts, calls }: Busy) {
  return {
    isDeskRegistered: contacts.has(`desk:${user.deskStation}`),
    clientCount: contacts.get(`client:${system.ufipDeviceOfUser.get(user.id)}`) ?? 0,
    callCount: calls.get(user.id) ?? 0,
  };
}
