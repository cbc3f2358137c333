import { z } from 'zod';
import type { ListName, SectionName } from '../change/change.ts';
import { entrySchemas, sectionSchemas } from './system-data.ts';

/**
 * JSON Schema (2020-12) of what may be written for an entry of each list and for each section, for documents about the data.
 * What is accepted is decided by reading, which says more than a schema can.
 */
export function jsonSchemas(): Readonly<Record<ListName | SectionName, object>> {
  const all = Object.entries({ ...entrySchemas, ...sectionSchemas });
  return Object.fromEntries(all.map(([name, schema]) => [name, jsonSchema(schema)])) as Record<
    ListName | SectionName,
    object
  >;
}

function jsonSchema(schema: z.ZodType): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    // Whole numbers are read through a step that takes text too; the step itself has no schema, what follows it has.
    override: ({ zodSchema, jsonSchema: made }) => {
      const definition = zodSchema._zod.def;
      if (definition.type !== 'pipe') return;
      const { in: first, out } = definition as unknown as { in: z.ZodType; out: z.ZodType };
      if (first._zod.def.type === 'transform') Object.assign(made, jsonSchema(out));
    },
  });
  return rest;
}
