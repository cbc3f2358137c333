import { z } from 'zod';
import type { Directory } from '../../directory/directory.ts';
import { LinkError } from '../../link/link-error.ts';
import { actor } from '../guard.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';
import { byId, known } from './people.ts';

const standing = {
  state: z.enum(['absent', 'uninvited', 'invited', 'accepted', 'off']),
  sentAtMs: z.number().optional(),
  expiresAtMs: z.number().optional(),
};
const standingView = z
  .object({
    /** `noCloud` and `noKey`: nobody can be invited from here, and why. */
    access: z.enum(['ready', 'noKey', 'noCloud']),
    ...standing,
    state: standing.state.optional(),
    /** Signing in needs a code beside the password. */
    hasSecondFactor: z.boolean().optional(),
  })
  .meta({ id: 'DirectoryStanding' });
const invited = z
  .object({
    ...standing,
    /** Where the mail lies at the Connector, and the link in it, where no mail server is configured there. */
    file: z.string().optional(),
    link: z.string().optional(),
  })
  .meta({ id: 'Invited' });

/** People in the directory of the cloud: how far they are, and inviting them. */
export function invitationRoutes(api: Api, parts: ApiParts): void {
  const { administration } = parts;
  api.get(
    '/api/v1/people/:id/directory',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['people'],
        summary: 'Says how far a person is in the directory of the cloud: invited, accepted, not there',
        params: byId,
        response: { 200: standingView },
      },
    },
    async ({ params }) => {
      const { user } = known(administration.system, params.id);
      const access = directoryAccess(parts);
      if (access !== 'ready') return { access };
      return { access, ...(await told(() => directoryOf(parts).standing(user.email))) };
    },
  );
  api.post(
    '/api/v1/people/:id/invitation',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['people'],
        summary: 'Invites a person to Unisono Phone by e-mail (again), and synchronises',
        params: byId,
        response: { 200: invited },
      },
    },
    async (request) => {
      const { user } = known(administration.system, request.params.id);
      const directory = directoryOf(parts);
      const language = user.language ?? administration.system.data.company.language;
      const { sent, ...now } = await told(() => directory.invite({ name: user.name, email: user.email, language }));
      const fact = { action: 'invite', target: `users/${user.id}`, detail: { state: now.state } };
      parts.database.writeNow(parts.audit.statements(actor(request), [fact], parts.clock.epochMs()));
      parts.cloud?.requestSync('change');
      return { ...now, file: sent?.file, link: sent?.link };
    },
  );
}

/** Whether people can be invited and taken out from here, or what is missing. */
export function directoryAccess({ cloud }: ApiParts): 'ready' | 'noKey' | 'noCloud' {
  if (cloud === undefined) return 'noCloud';
  return cloud.directory === undefined ? 'noKey' : 'ready';
}

/** The directory, or the refusal that says what is not configured. */
export function directoryOf({ cloud }: ApiParts): Directory {
  if (cloud === undefined) throw new Refusal('linkOff');
  if (cloud.directory === undefined) throw new Refusal('directoryKeyMissing');
  return cloud.directory;
}

/** What the Connector refused, or why it could not be asked, as an answer. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    throw new Refusal(error.status === undefined ? 'linkDown' : 'directoryRefused', error.message);
  }
}
