import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemas } from '@unisono/pbx';
import { createJsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { LIST_ROUTES, SECTION_ROUTES } from './lists.ts';

/** Version of the API, as it stands in the document; the first number is in every path. */
export const API_VERSION = '1.0.0';

const NAMES: Readonly<Record<string, string>> = Object.fromEntries([
  ...LIST_ROUTES.map(({ list, schema }) => [list, schema]),
  ...SECTION_ROUTES.map(({ section, schema }) => [section, schema]),
]);

const zodTransform = createJsonSchemaTransform({});

/** How the OpenAPI document is made: from the schemas of the routes, and for system data from those of the domain. */
export function openApiOptions(): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Unisono Assistant',
        description:
          'Administration of one phone system. Scripts send an API token as Bearer; changes of what was read send its ETag as If-Match. Everything that is refused is told as a Problem.',
        version: API_VERSION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        schemas: Object.fromEntries(
          Object.entries(jsonSchemas()).map(([name, schema]) => [NAMES[name] ?? name, schema]),
        ) as never,
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      },
      security: [{ token: [] }],
    },
    transform: (given) => {
      const made = zodTransform(given);
      const bodyOf = given.route.config?.bodyOf;
      if (bodyOf !== undefined && made.schema !== undefined)
        (made.schema as { body?: unknown }).body = { $ref: `#/components/schemas/${NAMES[bodyOf]}` };
      return made;
    },
    transformObject: jsonSchemaTransformObject,
  };
}
