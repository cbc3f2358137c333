import { z } from 'zod';

/** Where identity providers reach the directory (RFC 7644). */
const PREFIX = '/scim/v2';
const MEDIA_TYPE = 'application/scim+json';
const PHONE_SCHEMA = 'urn:unisono:params:scim:schemas:extension:phone:2.0:User';

const scimUser = z
  .looseObject({
    schemas: z.array(z.string()),
    id: z.string().optional(),
    externalId: z.string().optional(),
    userName: z.string().describe('The e-mail address: people are told apart by it.'),
    name: z.looseObject({ givenName: z.string().optional(), familyName: z.string().optional() }).optional(),
    displayName: z.string().optional(),
    preferredLanguage: z.string().optional(),
    active: z.boolean().optional().describe('false disables the person.'),
    emails: z
      .array(z.looseObject({ value: z.string(), type: z.string().optional(), primary: z.boolean().optional() }))
      .optional(),
    [PHONE_SCHEMA]: z
      .looseObject({ phone: z.boolean() })
      .optional()
      .describe('Whether Unify Phone is on; it is unless this says no.'),
    meta: z.looseObject({ resourceType: z.string(), version: z.string() }).optional(),
  })
  .describe('A person (RFC 7643 §4.1). Attributes that are not kept are passed over.');

const scimList = z
  .looseObject({
    schemas: z.array(z.string()),
    totalResults: z.int(),
    startIndex: z.int(),
    itemsPerPage: z.int(),
    Resources: z.array(z.looseObject({})),
  })
  .describe('A part of a list (RFC 7644 §3.4.2).');

const scimPatch = z
  .looseObject({
    schemas: z.array(z.string()),
    Operations: z.array(z.looseObject({ op: z.string(), path: z.string().optional(), value: z.unknown().optional() })),
  })
  .describe('Changes of a resource (RFC 7644 §3.5.2).');

const scimSearch = z
  .looseObject({
    filter: z.string().optional(),
    startIndex: z.int().optional(),
    count: z.int().optional(),
    attributes: z.array(z.string()).optional(),
    excludedAttributes: z.array(z.string()).optional(),
  })
  .describe('A search whose words are in no address (RFC 7644 §3.4.3).');

const scimError = z
  .looseObject({
    schemas: z.array(z.string()),
    status: z.string(),
    scimType: z.string().optional(),
    detail: z.string().optional(),
  })
  .describe('A refusal (RFC 7644 §3.12).');

/** Named schemas of SCIM. */
export const SCIM_SCHEMAS = {
  ScimUser: scimUser,
  ScimList: scimList,
  ScimPatch: scimPatch,
  ScimSearch: scimSearch,
  ScimError: scimError,
} as const;

type SchemaName = keyof typeof SCIM_SCHEMAS;

interface ScimOperation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly id: string;
  readonly about: string;
  readonly body?: SchemaName;
  readonly status?: number;
  readonly reply?: SchemaName;
  readonly isList?: true;
}

/** What identity providers call. The Connector answers these; a test of it keeps the two in step. */
export const SCIM_OPERATIONS: readonly ScimOperation[] = [
  {
    method: 'get',
    path: '/Users',
    id: 'scimUsers',
    about: 'People, filtered and in parts.',
    reply: 'ScimList',
    isList: true,
  },
  {
    method: 'post',
    path: '/Users',
    id: 'scimCreateUser',
    about: 'A new person.',
    body: 'ScimUser',
    status: 201,
    reply: 'ScimUser',
  },
  {
    method: 'post',
    path: '/Users/.search',
    id: 'scimSearchUsers',
    about: 'People, as the body says.',
    body: 'ScimSearch',
    reply: 'ScimList',
  },
  { method: 'get', path: '/Users/{id}', id: 'scimUser', about: 'One person.', reply: 'ScimUser' },
  {
    method: 'put',
    path: '/Users/{id}',
    id: 'scimReplaceUser',
    about: 'Replaces a person.',
    body: 'ScimUser',
    reply: 'ScimUser',
  },
  {
    method: 'patch',
    path: '/Users/{id}',
    id: 'scimPatchUser',
    about: 'Changes a person.',
    body: 'ScimPatch',
    reply: 'ScimUser',
  },
  { method: 'delete', path: '/Users/{id}', id: 'scimDeleteUser', about: 'Takes a person out.', status: 204 },
  { method: 'get', path: '/Groups', id: 'scimGroups', about: 'Groups are not kept: an empty list.', reply: 'ScimList' },
  {
    method: 'get',
    path: '/ServiceProviderConfig',
    id: 'scimServiceProviderConfig',
    about: 'What of SCIM is supported (RFC 7643 §5).',
  },
  { method: 'get', path: '/ResourceTypes', id: 'scimResourceTypes', about: 'Kinds of resources.', reply: 'ScimList' },
  { method: 'get', path: '/Schemas', id: 'scimSchemas', about: 'Their attributes.', reply: 'ScimList' },
];

/** The paths of SCIM for the OpenAPI document. */
export function scimPaths(): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const one of SCIM_OPERATIONS) {
    const path = `${PREFIX}${one.path}`;
    paths[path] = { ...paths[path], [one.method]: operationOf(one) };
  }
  return paths;
}

function operationOf({ path, id, about, body, status = 200, reply, isList }: ScimOperation) {
  const parameters = [
    ...(path.includes('{id}') ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] : []),
    ...(isList === true ? LIST_PARAMETERS : []),
  ];
  return {
    operationId: id,
    summary: about,
    tags: ['SCIM'],
    security: [{ apiKey: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      [status]: status === 204 ? { description: 'Done.' } : { description: about, content: contentOf(reply) },
      default: { description: 'A refusal.', content: contentOf('ScimError') },
    },
  };
}

const LIST_PARAMETERS = ['filter', 'startIndex', 'count', 'attributes', 'excludedAttributes'].map((name) => ({
  name,
  in: 'query',
  required: false,
  schema: { type: 'string' },
}));

function contentOf(name: SchemaName | undefined) {
  return { [MEDIA_TYPE]: { schema: name === undefined ? {} : { $ref: `#/components/schemas/${name}` } } };
}
