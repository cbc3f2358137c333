import { explainStation, type System } from '@unisono/pbx';
import { z } from 'zod';
import { newDeskAccount } from '../../people/new-person.ts';
import { registeredNow } from '../../people/people.ts';
import { actor } from '../guard.ts';
import { done } from '../outcome.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';
import { byId } from './people.ts';

/** Desk phones of stations, where phones connect to, and where calls to a station go. */
export function stationRoutes(api: Api, parts: ApiParts): void {
  routingRoute(api, parts);
  deskPhoneRoutes(api, parts);
  phoneAccessRoute(api, parts);
}

function routingRoute(api: Api, { administration, now }: ApiParts): void {
  api.get(
    '/api/v1/stations/:id/routing',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['stations'],
        summary: 'Says in words where a call to a station would go now, and whose it is',
        params: byId,
        response: {
          200: z.object({
            person: z.object({ id: z.string(), name: z.string() }).optional(),
            isDeskRegistered: z.boolean(),
            en: z.array(z.string()),
            de: z.array(z.string()),
          }),
        },
      },
    },
    async ({ params }) => {
      const { system } = administration;
      const station = knownStation(system, params.id);
      const user = system.data.users.find(({ deskStation }) => deskStation === station.id);
      const ufipDevice = system.ufipDevices.get(system.ufipDeviceOfUser.get(user?.id ?? '') ?? '');
      const registered = registeredNow(now)({ station, ufipDevice });
      const [en, de] = (['en', 'de'] as const).map((language) => [
        ...explainStation(system, station.id, registered, language),
      ]);
      return {
        person: user && { id: user.id, name: user.name },
        isDeskRegistered: registered.isDeskRegistered,
        en: en ?? [],
        de: de ?? [],
      };
    },
  );
}

function deskPhoneRoutes(api: Api, { administration, random }: ApiParts): void {
  api.post(
    '/api/v1/stations/:id/desk-phone',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['stations'],
        summary: 'Gives a station a desk phone: an account to sign in with, whose password is shown this once',
        params: byId,
        response: { 201: z.object({ username: z.string(), password: z.string() }) },
      },
    },
    async (request, reply) => {
      const { system } = administration;
      const { id, number, device } = knownStation(system, request.params.id);
      if (device !== undefined) throw new Refusal('deskPhoneThere', `${number} has a desk phone already.`);
      const account = newDeskAccount(system, number, random);
      done(
        administration.change(actor(request), [
          { kind: 'update', list: 'stations', id, value: { device: { account } } },
        ]),
      );
      reply.code(201);
      return account;
    },
  );
  api.delete(
    '/api/v1/stations/:id/desk-phone',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['stations'],
        summary: 'Takes the desk phone of a station away: it cannot register any more, the number stays',
        params: byId,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { id, device } = knownStation(administration.system, request.params.id);
      if (device !== undefined)
        done(
          administration.change(actor(request), [{ kind: 'update', list: 'stations', id, value: { device: null } }]),
        );
      return reply.code(204).send(null);
    },
  );
}

function phoneAccessRoute(api: Api, { administration, phonePlaces }: ApiParts): void {
  api.get(
    '/api/v1/phone-access',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['stations'],
        summary: 'What is typed into a desk phone beside its account: server, ports, transports, SIP domain',
        response: {
          200: z.object({
            domain: z.string(),
            places: z.array(z.object({ transport: z.string(), host: z.string(), port: z.int() })),
          }),
        },
      },
    },
    async () => ({ domain: administration.system.data.company.domain, places: [...phonePlaces] }),
  );
}

function knownStation(system: System, id: string) {
  const station = system.stations.get(id);
  if (station === undefined) throw new Refusal('notFound', `There is no station ${id}.`);
  return station;
}
