import { z } from 'zod';

/** What every option says about itself, next to its type and default: `schema.meta({ about, right })`. */
export interface OptionText {
  /** One sentence of what it does, with the unit. */
  about: string;
  /** What may be written, as the end of the sentence "right would be …". */
  right: string;
  /** What applies when nobody says anything, in words, where no fixed value does. */
  otherwise?: string;
}

/** A single thing that can be configured. */
export interface Option extends OptionText {
  /** `sip.udp`: keys of the configuration file, from the outside in. */
  path: readonly string[];
  /** Name of its environment variable: `UNISONO_SIP_UDP`. */
  variable: string;
  /** The value that applies when nobody says anything; undefined when that is decided elsewhere. */
  standard: unknown;
  schema: z.ZodType;
}

/**
 * Every option of a schema that is made of (nested) objects, in the order of the schema. An option without its texts is an
 * error of the schema, and thrown.
 */
export function optionsOf(schema: z.ZodType, prefix: string, path: readonly string[] = []): Option[] {
  const object = unwrapped(schema);
  if (object instanceof z.ZodObject && (path.length === 0 || schema.meta()?.right === undefined)) {
    return Object.entries(object.shape).flatMap(([key, inner]) =>
      optionsOf(inner as z.ZodType, prefix, [...path, key]),
    );
  }
  const { about, right, otherwise } = schema.meta() ?? {};
  if (typeof about !== 'string' || typeof right !== 'string') {
    throw new Error(`the option ${path.join('.')} does not say what it is about and what is right`);
  }
  const option = { path, variable: variableName(prefix, path), about, right, standard: standardOf(schema), schema };
  return [typeof otherwise === 'string' ? { ...option, otherwise } : option];
}

/** `UNISONO`, [`log`, `maxFiles`] → `UNISONO_LOG_MAX_FILES`. */
function variableName(prefix: string, path: readonly string[]): string {
  const words = path.map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase());
  return [prefix, ...words].join('_');
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrapped(schema.def.innerType as z.ZodType);
  }
  return schema;
}

function standardOf(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.def.defaultValue;
  return schema instanceof z.ZodOptional ? standardOf(schema.def.innerType as z.ZodType) : undefined;
}
