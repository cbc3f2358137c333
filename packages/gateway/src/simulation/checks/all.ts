import type { CallBook } from '../call-book.ts';
import type { Cast } from '../scenario/cast.ts';
import type { Watchers } from '../scenario/watchers.ts';
import { GATEWAY_ADDRESS, type World } from '../world.ts';
import { acknowledged } from './acknowledgements.ts';
import type { Check, CheckContext, Expectations } from './check.ts';
import { oneSession } from './descriptions.ts';
import { truthfulDialogs } from './dialog-events.ts';
import { dialogRules } from './dialogs.ts';
import { oneWinner } from './forks.ts';
import { nothingLeft } from './leftovers.ts';
import { realPartner } from './media.ts';
import { messageForm } from './message-form.ts';
import { mutedStaysMuted } from './microphone.ts';
import { noGhosts } from './no-ghosts.ts';
import { numbersAndHops } from './numbers.ts';
import { truthfulRecords } from './records.ts';
import { oneRingback } from './ringback.ts';
import { secretsKept } from './secrets.ts';
import { answeredOnce, ownBranches } from './transactions.ts';
import { userCalls } from './user-calls.ts';

export interface Watched {
  readonly world: World;
  readonly cast: Cast;
  readonly book: CallBook;
  readonly watchers: Watchers;
  readonly expectations: Expectations;
  report(check: string, problem: string): void;
}

/** Every invariant of a world. */
export function allChecks({ world, cast, book, watchers, expectations, report }: Watched): readonly Check[] {
  const system = () => world.system.current();
  const make = (create: (context: CheckContext) => Check): Check => {
    const check: Check = create({ book, expectations, report: (problem) => report(check.name, problem) });
    return check;
  };
  return [
    make(messageForm),
    make(answeredOnce),
    make(ownBranches),
    make(dialogRules),
    make(acknowledged),
    make(oneWinner),
    make(oneRingback),
    make((context) => secretsKept(context, system, cast.directory)),
    make(oneSession),
    make((context) => userCalls(context, system)),
    make((context) => numbersAndHops(context, system)),
    make((context) => truthfulRecords(context, world.records)),
    make((context) => realPartner(context, cast.endpoints, GATEWAY_ADDRESS)),
    make((context) => truthfulDialogs(context, watchers.all, cast, system)),
    make(mutedStaysMuted),
    make((context) => noGhosts(context, cast.endpoints)),
    make((context) => nothingLeft(context, world)),
  ];
}
