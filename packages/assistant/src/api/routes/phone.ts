import { z } from 'zod';
import { freeNumber } from '../../people/free-numbers.ts';
import { settingsWithMailbox } from '../../people/mailbox.ts';
import { clientsChange } from '../../people/new-person.ts';
import { actor } from '../guard.ts';
import { done } from '../outcome.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';
import { byId, known } from './people.ts';

/** Unisono Phone of a person, on and off: the UFIP device that its clients attach through. */
export function phoneRoutes(api: Api, { administration, random }: ApiParts): void {
  const response = { 204: z.null() };
  api.put(
    '/api/v1/people/:id/phone',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['people'],
        summary: 'Switches Unisono Phone on: the person gets a UFIP device with a free number',
        params: byId,
        response,
      },
    },
    async (request, reply) => {
      const { system } = administration;
      const person = known(system, request.params.id);
      if (person.ufipDevice === undefined) {
        const number = freeNumber(system, 'ufipDevice');
        if (number === undefined)
          throw new Refusal('dataInvalid', 'No internal number is free for Unisono Phone (UFIP device).');
        const { change } = clientsChange(system, person.user.id, { number }, random);
        done(administration.change(actor(request), [change]));
      }
      return reply.code(204).send(null);
    },
  );
  api.delete(
    '/api/v1/people/:id/phone',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['people'],
        summary: 'Switches Unisono Phone off: the UFIP device goes, clients are dropped at once',
        params: byId,
        response,
      },
    },
    async (request, reply) => {
      const { ufipDevice } = known(administration.system, request.params.id);
      if (ufipDevice !== undefined)
        done(administration.change(actor(request), [{ kind: 'delete', list: 'ufipDevices', id: ufipDevice.id }]));
      return reply.code(204).send(null);
    },
  );
}

/** The mailbox of a person, on and off, with where unanswered calls go. */
export function mailboxRoutes(api: Api, { administration }: ApiParts): void {
  for (const [method, hasMailbox, summary] of [
    ['put', true, 'Sets up the mailbox of a person: calls that nobody answers go there, unless they go elsewhere'],
    ['delete', false, 'Takes the mailbox of a person away: nothing leads there any more'],
  ] as const)
    api[method](
      '/api/v1/people/:id/mailbox',
      {
        config: { needs: 'helpdesk' },
        schema: { tags: ['people'], summary, params: byId, response: { 204: z.null() } },
      },
      async (request, reply) => {
        const { user } = known(administration.system, request.params.id);
        if (user.mailbox === hasMailbox) return reply.code(204).send(null);
        const value = { mailbox: hasMailbox, settings: settingsWithMailbox(user.settings, hasMailbox) };
        done(administration.change(actor(request), [{ kind: 'update', list: 'users', id: user.id, value }]));
        return reply.code(204).send(null);
      },
    );
}

/** A PIN that was forgotten. */
export function mailboxPinRoute(api: Api, { administration }: ApiParts): void {
  api.delete(
    '/api/v1/people/:id/mailbox-pin',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['people'],
        summary:
          'Takes the PIN of a mailbox away: it opens from the own devices alone until the person sets another one',
        params: byId,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { user } = known(administration.system, request.params.id);
      const change = { kind: 'update', list: 'users', id: user.id, value: { mailboxPin: null } } as const;
      if (user.mailboxPin !== undefined) done(administration.change(actor(request), [change]));
      return reply.code(204).send(null);
    },
  );
}
