import type { System } from '@unisono/pbx';
import type { Clock, Random, UserAgent } from '@unisono/sip';
import type { Applications } from '../application/applications.ts';
import type { HoldMusic } from '../application/hold-music.ts';
import type { Conferences } from '../conference/focus.ts';
import type { EventPackages } from '../events/event-packages.ts';
import type { CallRecordStore, Log, SleepingClients, SystemSource } from '../ports.ts';
import type { Registrar } from '../registrar/registrar.ts';
import type { Trunks } from '../trunk/trunks.ts';
import type { Voicemail } from '../voicemail/voicemail.ts';
import type { Call } from './call.ts';
import type { CallTable } from './call-table.ts';
import type { UserCalls } from './user-calls.ts';

/** What every call of a gateway uses. */
export interface CallServices {
  readonly ua: UserAgent;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly registrar: Registrar;
  readonly trunks: Trunks;
  readonly applications: Applications;
  readonly conferences: Conferences;
  /** Absent: whoever is held hears nothing of ours. */
  readonly music: HoldMusic | undefined;
  /** Absent where no mailboxes are kept. */
  readonly voicemail: Voicemail | undefined;
  readonly events: EventPackages;
  readonly userCalls: UserCalls<Call>;
  readonly calls: CallTable;
  readonly records: CallRecordStore;
  readonly sleepers: SleepingClients | undefined;
  readonly systemSource: SystemSource;
  readonly system: () => System;
  /** Domain of every address we write: the company's. */
  readonly domain: () => string;
}
