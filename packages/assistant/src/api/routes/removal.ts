import { z } from 'zod';
import { LinkError } from '../../link/link-error.ts';
import type { Person } from '../../people/people.ts';
import { emptyMailbox, removalChanges, removalInWords, removalOf, runningCallsOf } from '../../people/removal.ts';
import { etagOf } from '../../system/etag.ts';
import { actor } from '../guard.ts';
import { done } from '../outcome.ts';
import { fieldProblem, fieldProblems } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';
import { directoryAccess } from './invitations.ts';
import { byId, known } from './people.ts';
import { expecting, ifMatch } from './system.ts';

const keepNumber = z
  .enum(['true', 'false'])
  .default('false')
  .describe('true: the desk number and its desk phone stay, without a name.');
const preview = z
  .object({
    en: z.array(z.string()),
    de: z.array(z.string()),
    /** What stands in the way; empty: the person can be removed. */
    obstacles: z.array(fieldProblem),
  })
  .meta({ id: 'RemovalPreview' });
const removed = z
  .object({
    /** `pending`: the cloud is away; it is tried again until it is done. */
    directory: z.enum(['removed', 'absent', 'pending', 'noKey', 'noCloud']),
    /** Why it is pending. */
    message: z.string().optional(),
    /** Calls of the person that go on until they end; absent: there is none. */
    runningCalls: z.number().int().optional(),
  })
  .meta({ id: 'Removed' });

/** Removing a person with everything: what it means first, then at once. */
export function removalRoutes(api: Api, parts: ApiParts): void {
  const { administration } = parts;
  api.get(
    '/api/v1/people/:id/removal',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['people'],
        summary: 'Says in words what removing a person takes away, and what stands in the way',
        params: byId,
        querystring: z.object({ keepNumber }),
        response: { 200: preview },
      },
    },
    async (request, reply) => {
      const person = known(administration.system, request.params.id);
      const keeps = request.query.keepNumber === 'true';
      const tried = administration.change(actor(request), removalChanges(person, keeps), { isDryRun: true });
      const access = directoryAccess(parts);
      const { now, mailboxes } = parts;
      const removal = removalOf(person, keeps, { now, mailboxes, directory: access === 'ready' ? 'removed' : access });
      reply.header('etag', etagOf(person.user));
      return {
        en: [...removalInWords(removal, 'en')],
        de: [...removalInWords(removal, 'de')],
        obstacles: !tried.ok && tried.reason === 'invalid' ? fieldProblems(tried.errors) : [],
      };
    },
  );
  api.delete(
    '/api/v1/people/:id',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['people'],
        summary:
          'Removes a person with devices, station and mailbox, all or nothing, and from the directory of the cloud',
        params: byId,
        headers: ifMatch,
        querystring: z.object({ keepNumber }),
        response: { 200: removed },
      },
    },
    async (request) => {
      const { id } = request.params;
      const person = known(administration.system, id);
      const { email, name } = person.user;
      const runningCalls = runningCallsOf(person, parts.now);
      const directory = parts.cloud?.directory;
      const also = directory === undefined ? [] : [directory.departing(email, name)];
      const { expect } = expecting(request, `users/${id}`);
      done(
        administration.change(actor(request), removalChanges(person, request.query.keepNumber === 'true'), {
          expect,
          also,
        }),
      );
      await forgetMessages(parts, person);
      return { ...(await outOfDirectory(parts, email)), ...(runningCalls > 0 && { runningCalls }) };
    },
  );
}

/** The person is gone by now: what the disk did not take is told in the log. */
async function forgetMessages({ mailboxes, log }: ApiParts, { user }: Person): Promise<void> {
  if (mailboxes === undefined) return;
  try {
    await emptyMailbox(mailboxes, user.id);
  } catch (err) {
    log.error({ err }, 'the mailbox of a person who was removed was not emptied');
  }
}

async function outOfDirectory(parts: ApiParts, email: string): Promise<z.output<typeof removed>> {
  const access = directoryAccess(parts);
  const directory = parts.cloud?.directory;
  if (access !== 'ready' || directory === undefined) return { directory: access === 'noKey' ? 'noKey' : 'noCloud' };
  try {
    return { directory: await directory.depart(email) };
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return { directory: 'pending', message: error.message };
  }
}
