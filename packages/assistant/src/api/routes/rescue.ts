import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { actor } from '../guard.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';
import { directoryOf, told } from './invitations.ts';
import { byId, known } from './people.ts';

const device = z
  .object({
    installationId: z.string(),
    name: z.string(),
    platform: z.string(),
    method: z.string(),
    createdAtMs: z.number(),
    lastSeenAtMs: z.number(),
  })
  .meta({ id: 'SignedInDevice' });
const byDevice = byId.extend({ device: z.string().min(1).max(64) });
const gone = { 204: z.null() };

/** What helps a person who has lost a device, the password or the second factor: all of it is at the cloud. */
export function rescueRoutes(api: Api, parts: ApiParts): void {
  deviceRoutes(api, parts);
  secretRoutes(api, parts);
}

function deviceRoutes(api: Api, parts: ApiParts): void {
  const { administration } = parts;
  api.get(
    '/api/v1/people/:id/devices',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['people'],
        summary: 'Lists the browsers and apps in which a person is signed in to Unisono Phone, the latest used first',
        params: byId,
        response: { 200: z.object({ devices: z.array(device) }) },
      },
    },
    async ({ params }) => {
      const { user } = known(administration.system, params.id);
      return { devices: [...(await told(() => directoryOf(parts).devices(user.email)))] };
    },
  );
  api.delete(
    '/api/v1/people/:id/devices',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['people'],
        summary: 'Signs a person out everywhere: credentials are void at once',
        params: byId,
        response: gone,
      },
    },
    async (request, reply) => {
      const { user } = known(administration.system, request.params.id);
      await told(() => directoryOf(parts).signOut(user.email));
      noted(parts, request, 'signOut', user.id, {});
      return reply.code(204).send(null);
    },
  );
  api.delete(
    '/api/v1/people/:id/devices/:device',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['people'],
        summary: 'Signs one browser or app of a person out: its credentials are void at once',
        params: byDevice,
        response: gone,
      },
    },
    async (request, reply) => {
      const { id, device: installation } = request.params;
      const { user } = known(administration.system, id);
      if (!(await told(() => directoryOf(parts).signOut(user.email, installation))))
        throw new Refusal('notFound', `${user.name} is not signed in on ${installation}.`);
      noted(parts, request, 'signOut', user.id, { device: installation });
      return reply.code(204).send(null);
    },
  );
}

function secretRoutes(api: Api, parts: ApiParts): void {
  const { administration } = parts;
  api.post(
    '/api/v1/people/:id/password-reset',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['people'],
        summary: 'Mails a link for a new password of Unisono Phone; the one of now stays until the link is used',
        params: byId,
        response: {
          200: z
            .object({
              sentAtMs: z.number(),
              expiresAtMs: z.number(),
              /** Where the mail lies at the Connector, and the link in it, where no mail server is configured there. */
              file: z.string().optional(),
              link: z.string().optional(),
            })
            .meta({ id: 'PasswordResetSent' }),
        },
      },
    },
    async (request) => {
      const { user } = known(administration.system, request.params.id);
      const sent = await told(() => directoryOf(parts).resetPassword(user.email));
      if (sent === undefined) throw notThere(user.name);
      noted(parts, request, 'resetPassword', user.id, {});
      return sent;
    },
  );
  api.delete(
    '/api/v1/people/:id/second-factor',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['people'],
        summary: 'Takes the second factor of a person away, who has lost it',
        params: byId,
        response: gone,
      },
    },
    async (request, reply) => {
      const { user } = known(administration.system, request.params.id);
      if (!(await told(() => directoryOf(parts).resetSecondFactor(user.email)))) throw notThere(user.name);
      noted(parts, request, 'resetSecondFactor', user.id, {});
      return reply.code(204).send(null);
    },
  );
}

function notThere(name: string): Refusal {
  return new Refusal('notFound', `${name} is not in the directory of the cloud.`, { action: 'Invite the person.' });
}

function noted(
  { database, audit, clock }: ApiParts,
  request: FastifyRequest,
  action: string,
  user: string,
  detail: Readonly<Record<string, unknown>>,
): void {
  database.writeNow(audit.statements(actor(request), [{ action, target: `users/${user}`, detail }], clock.epochMs()));
}
