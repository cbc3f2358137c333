import { z } from 'zod';
import { eventFrame } from '../clients/events.ts';
import type { Access, Endpoint } from '../endpoints/endpoint.ts';
import { downBody } from '../link/down.ts';
import { linkFrame } from '../link/frames.ts';
import { upBody } from '../link/up.ts';
import { PROBLEMS, type ProblemCode, problem } from '../values/problem.ts';
import { API_VERSION } from '../values/version.ts';
import { SCIM_SCHEMAS, scimPaths } from './scim.ts';

type Json = Readonly<Record<string, unknown>>;
type Direction = 'input' | 'output';

/** What every request can meet. */
const COMMON_PROBLEMS: readonly ProblemCode[] = ['invalidRequest', 'tooManyRequests', 'fault', 'overloaded'];

const SECURITY: Readonly<Record<Access, readonly Json[]>> = {
  public: [],
  session: [{ session: [] }],
  assistant: [{ apiKey: [] }],
  directory: [{ apiKey: [] }, { session: [] }],
  admin: [{ apiKey: [] }, { session: [] }],
};

/** The OpenAPI 3.1 document of the endpoints. Components are named by the `id` of their schema; `…Input` where what is written differs. */
export function openApiDocument(endpoints: Readonly<Record<string, Endpoint>>): Json {
  const components = new Components();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, one] of Object.entries(endpoints)) {
    const path = one.path.replace(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: operation(name, one, components) };
  }
  for (const [name, schema] of Object.entries({
    LinkFrame: linkFrame,
    LinkDown: downBody,
    LinkUp: upBody,
    EventFrame: eventFrame,
    ...SCIM_SCHEMAS,
  }))
    components.add(name, schema);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Unisono Telephony Connector',
      version: String(API_VERSION),
      description:
        'What Assistants and clients say to the Telephony Connector. Readers pass over fields, kinds and codes they do not know. The link (`LinkFrame`) and client events (`EventFrame`) are WebSockets with JSON text frames.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: { ...paths, ...scimPaths() },
    components: {
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', description: 'The token of a session.' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of the tenant.' },
      },
      schemas: components.schemas(),
    },
  };
}

function operation(name: string, one: Endpoint, components: Components): Json {
  return {
    operationId: name,
    summary: one.about,
    tags: [one.group],
    security: SECURITY[one.access],
    ...parameters(one, components),
    ...(one.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { [one.bodyType ?? 'application/json']: { schema: components.schema(one.body, 'input') } },
          },
        }),
    responses: { ...replies(one, components), ...refusals(one) },
  };
}

function parameters(one: Endpoint, components: Components): Json {
  const list = (['params', 'query', 'headers'] as const).flatMap((place) => {
    const schema = one[place];
    if (schema === undefined) return [];
    const { properties = {}, required = [] } = components.schema(schema, 'input') as {
      readonly properties?: Readonly<Record<string, unknown>>;
      readonly required?: readonly string[];
    };
    const where = { params: 'path', query: 'query', headers: 'header' }[place];
    return Object.entries(properties).map(([name, property]) => ({
      name,
      in: where,
      required: place === 'params' || required.includes(name),
      schema: property,
    }));
  });
  return list.length === 0 ? {} : { parameters: list };
}

function replies(one: Endpoint, components: Components): Json {
  return Object.fromEntries(
    Object.entries(one.replies).map(([status, schema]) => [
      status,
      schema === null
        ? { description: 'Done.' }
        : { description: one.about, content: { 'application/json': { schema: components.schema(schema, 'output') } } },
    ]),
  );
}

function refusals(one: Endpoint): Json {
  const access: readonly ProblemCode[] = one.access === 'public' ? [] : ['notSignedIn', 'notAllowed'];
  const place: readonly ProblemCode[] = one.params === undefined ? [] : ['notFound'];
  const codes = new Set([...COMMON_PROBLEMS, ...access, ...place, ...(one.problems ?? [])]);
  const byStatus = Map.groupBy([...codes].sort(), (code) => PROBLEMS[code][0]);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      {
        description: group.map((code) => `\`${code}\`: ${PROBLEMS[code][1]}`).join(' '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

/** Collects the named schemas while the rest is written out. */
class Components {
  readonly #found = new Map<string, unknown>();

  constructor() {
    this.schema(problem, 'output');
  }

  add(name: string, schema: z.ZodType): void {
    const written = this.schema(schema, 'output') as Readonly<Record<string, unknown>>;
    if (written.$ref !== `#/components/schemas/${name}`) this.#found.set(name, written);
  }

  schema(schema: z.ZodType, io: Direction): unknown {
    const {
      $schema: _,
      $defs = {},
      ...own
    } = z.toJSONSchema(schema, {
      io,
      target: 'draft-2020-12',
      unrepresentable: 'any',
      reused: 'inline',
    }) as Record<string, unknown> & { readonly $defs?: Readonly<Record<string, unknown>> };
    for (const [name, definition] of Object.entries($defs)) this.#keep(name, definition, io);
    const id = own.id;
    if (typeof id !== 'string') return this.#pointed(own, io);
    this.#keep(id, own, io);
    return { $ref: `#/components/schemas/${this.#nameOf(id, io)}` };
  }

  schemas(): Json {
    return Object.fromEntries([...this.#found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #keep(name: string, definition: unknown, io: Direction): void {
    const { id: _, ...rest } = definition as Record<string, unknown>;
    this.#found.set(this.#nameOf(name, io), this.#pointed(rest, io));
  }

  #nameOf(name: string, io: Direction): string {
    return io === 'input' ? `${name}Input` : name;
  }

  /** Local definitions become components; open objects stay open without being said. */
  #pointed(value: unknown, io: Direction): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#pointed(one, io));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).flatMap(([key, member]) => {
      if (key === 'additionalProperties' && member === false) return [];
      if (key === '$ref' && typeof member === 'string')
        return [[key, `#/components/schemas/${this.#nameOf(member.replace('#/$defs/', ''), io)}`]];
      return [[key, this.#pointed(member, io)]];
    });
    return Object.fromEntries(entries);
  }
}
