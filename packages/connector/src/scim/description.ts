import Schemas from 'scimmy/schemas';
import { PHONE_SCHEMA, USER_SCHEMA } from './resource.ts';
import { MAX_RESULTS } from './users.ts';

/** What of SCIM is here (RFC 7643 §5). */
export const SERVICE_PROVIDER_CONFIG = (location: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: MAX_RESULTS },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'API key',
      description: 'An API key of scope scim as bearer token (RFC 6750).',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${location}/ServiceProviderConfig` },
});

export const RESOURCE_TYPES = (location: string) => [
  {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    schema: USER_SCHEMA,
    schemaExtensions: [{ schema: PHONE_SCHEMA, required: false }],
    meta: { resourceType: 'ResourceType', location: `${location}/ResourceTypes/User` },
  },
];

export const SCHEMAS = (location: string): readonly object[] => [
  JSON.parse(JSON.stringify(Schemas.User.definition.describe(`${location}/Schemas`))) as object,
  {
    id: PHONE_SCHEMA,
    name: 'Phone',
    description: 'Unify Phone',
    attributes: [
      {
        name: 'phone',
        type: 'boolean',
        multiValued: false,
        description: 'Whether Unify Phone is on.',
        required: false,
        mutability: 'readWrite',
        returned: 'default',
      },
    ],
    meta: { resourceType: 'Schema', location: `${location}/Schemas/${PHONE_SCHEMA}` },
  },
];
