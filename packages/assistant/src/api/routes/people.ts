import { originate, type System } from '@unisono/pbx';
import { z } from 'zod';
import { freeNumber } from '../../people/free-numbers.ts';
import { defaultClass, newPassword, newPersonChanges, newPersonSchema } from '../../people/new-person.ts';
import { type Person, people, personOf, registeredNow, routingInWords } from '../../people/people.ts';
import { isFound, searchWords, shownEntry } from '../entries.ts';
import { actor } from '../guard.ts';
import { done } from '../outcome.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';
import { dryRun, expecting, ifMatch, options } from './system.ts';

export const byId = z.object({ id: z.string().min(1).max(64) });
const fields = z.record(z.string(), z.unknown());
const credentials = z.array(z.object({ device: z.string(), username: z.string(), password: z.string() }));
const personView = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    /** Id of the desk station. */
    station: z.string().optional(),
    number: z.string().optional(),
    stationState: z.string().optional(),
    /** Colleagues do not find the desk number in the directory. */
    isUnlisted: z.boolean(),
    hasDeskPhone: z.boolean(),
    ufipDevice: z.string().optional(),
    ufipNumber: z.string().optional(),
    isDeskRegistered: z.boolean(),
    areClientsRegistered: z.boolean(),
    mailbox: z.boolean(),
    hasMailboxPin: z.boolean(),
    routing: z.string(),
  })
  .meta({ id: 'Person' });

/** People with what belongs to them, the wizard, and where their calls go. */
export function peopleRoutes(api: Api, parts: ApiParts): void {
  readRoutes(api, parts);
  addRoutes(api, parts);
  routingRoutes(api, parts);
  credentialRoutes(api, parts);
}

function readRoutes(api: Api, { administration, now }: ApiParts): void {
  api.get(
    '/api/v1/people',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['people'],
        summary: 'Lists people with their desk number, devices and registrations',
        querystring: z.object({
          search: z.string().max(100).optional(),
          offset: z.coerce.number().int().min(0).default(0),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
        response: { 200: z.object({ total: z.int(), people: z.array(personView) }) },
      },
    },
    async ({ query: { search, offset, limit } }) => {
      const { system } = administration;
      const words = searchWords(search);
      const all = people(system);
      const found = words.length === 0 ? all : all.filter((person) => isFound(searched(person), words));
      const registered = registeredNow(now);
      const shown = found.slice(offset, offset + limit).map((person) => ({ ...viewOf(person), ...registered(person) }));
      return { total: found.length, people: shown };
    },
  );
}

function searched({ user, station, ufipDevice }: Person): unknown {
  return [user.id, user.name, user.email, station?.number, station?.outsideNumber, ufipDevice?.number, ufipDevice?.id];
}

function viewOf({ user, station, ufipDevice }: Person) {
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    station: station?.id,
    number: station?.number,
    stationState: station?.state,
    isUnlisted: station?.unlisted === true,
    hasDeskPhone: station?.device !== undefined,
    ufipDevice: ufipDevice?.id,
    ufipNumber: ufipDevice?.number,
    mailbox: user.mailbox,
    hasMailboxPin: user.mailboxPin !== undefined,
    routing: user.settings.routing,
  };
}

function addRoutes(api: Api, { administration, random }: ApiParts): void {
  api.get(
    '/api/v1/free-numbers',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['people'],
        summary: 'Suggests numbers that are free, and the class of service that most stations have',
        response: {
          200: z.object({
            station: z.string().optional(),
            ufipDevice: z.string().optional(),
            classOfService: z.string(),
          }),
        },
      },
    },
    async () => ({
      station: freeNumber(administration.system, 'station'),
      ufipDevice: freeNumber(administration.system, 'ufipDevice'),
      classOfService: defaultClass(administration.system),
    }),
  );
  api.post(
    '/api/v1/people',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['people'],
        summary: 'Adds a person with station and UFIP device, all or nothing; the passwords are shown this once',
        body: newPersonSchema,
        querystring: dryRun,
        response: { 201: z.object({ id: z.string(), credentials }) },
      },
    },
    async (request, reply) => {
      const person = newPersonChanges(administration.system, request.body, random);
      const { isDryRun } = options(request);
      done(administration.change(actor(request), person.changes, { isDryRun }));
      reply.code(201);
      return { id: person.id, credentials: isDryRun ? [] : [...person.credentials] };
    },
  );
}

function routingRoutes(api: Api, { administration, now }: ApiParts): void {
  const routing = z.object({ settings: fields, en: z.array(z.string()), de: z.array(z.string()) });
  const words = (system: System, id: string) => {
    const person = known(system, id);
    const registered = registeredNow(now)(person);
    const [en, de] = (['en', 'de'] as const).map((language) => [
      ...routingInWords(system, person, registered, language),
    ]);
    return { settings: { ...person.user.settings }, en: en ?? [], de: de ?? [] };
  };
  api.get(
    '/api/v1/people/:id/routing',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['people'],
        summary: 'Says in words where a call to a person would go now, and a second one',
        params: byId,
        response: { 200: routing },
      },
    },
    async ({ params }) => words(administration.system, params.id),
  );
  api.patch(
    '/api/v1/people/:id/settings',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['people'],
        summary: 'Changes how calls to a person are routed',
        params: byId,
        headers: ifMatch,
        body: fields,
        querystring: dryRun,
        response: { 200: routing },
      },
    },
    async (request) => {
      const { id } = request.params;
      known(administration.system, id);
      const change = { kind: 'userSettings', user: id, settings: request.body } as const;
      const { system } = done(administration.change(actor(request), [change], expecting(request, `users/${id}`)));
      return words(system, id);
    },
  );
  dialRoute(api, administration);
}

function dialRoute(api: Api, administration: ApiParts['administration']): void {
  api.post(
    '/api/v1/numbers/read',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['numbering'],
        summary: 'Says what a number means when a station dials it: where the call goes and over which trunks',
        body: z.object({ station: z.string().max(64), dialled: z.string().min(1).max(100) }),
        response: { 200: fields },
      },
    },
    async ({ body: { station, dialled } }) => {
      const { system } = administration;
      if (!system.stations.has(station)) throw new Refusal('notFound', `There is no station ${station}.`);
      return shownEntry(originate(system, { from: 'desk', station }, dialled));
    },
  );
}

function credentialRoutes(api: Api, { administration, random }: ApiParts): void {
  const response = { 201: z.object({ username: z.string(), password: z.string() }) };
  for (const [path, list] of [
    ['stations', 'stations'],
    ['ufip-devices', 'ufipDevices'],
  ] as const) {
    api.post(
      `/api/v1/${path}/:id/password`,
      {
        config: { needs: 'helpdesk' },
        schema: {
          tags: [path],
          summary: 'Gives the device a new SIP password, shown this once',
          params: byId,
          response,
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { system } = administration;
        const account =
          list === 'stations' ? system.stations.get(id)?.device?.account : system.ufipDevices.get(id)?.account;
        if (account === undefined) throw new Refusal('notFound', `There is no device ${path}/${id}.`);
        const password = newPassword(random);
        const fresh = { username: account.username, password, ha1: null };
        const value = list === 'stations' ? { device: { account: fresh } } : { account: fresh };
        done(administration.change(actor(request), [{ kind: 'update', list, id, value }]));
        reply.code(201);
        return { username: account.username, password };
      },
    );
  }
}

/** The person with all that belongs to them. */
export function known(system: System, id: string): Person {
  const user = system.users.get(id);
  if (user === undefined) throw new Refusal('notFound', `There is no person ${id}.`);
  return personOf(system, user);
}
