import type { z } from 'zod';
import type { ProblemCode } from '../values/problem.ts';

/**
 * Who may call: anybody; a signed-in person; an API key of that scope; an administrator (a key of scope `admin`, or the session of
 * a person with that role); or who keeps the directory (those, and keys of scope `directory`).
 */
export type Access = 'public' | 'session' | 'assistant' | 'directory' | 'admin';

/** One request that can be made, with everything that is said in both directions. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `:name` for parameters. */
  readonly path: string;
  readonly access: Access;
  readonly about: string;
  readonly group: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Names in lower case. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Media type of a body that is no JSON. */
  readonly bodyType?: 'text/csv';
  /** What comes back, by status; null is an answer without a body. */
  readonly replies: Readonly<Record<number, z.ZodType | null>>;
  /** Refusals of its own, beside those that every request can meet. */
  readonly problems?: readonly ProblemCode[];
}

/** Keeps the exact types of an endpoint. */
export function endpoint<const One extends Endpoint>(one: One): One {
  return one;
}

type Out<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type In<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;

/** The body as a client writes it. */
export type BodyOf<One extends Endpoint> = In<One['body']>;
/** The answer of a status, as a client reads it. */
export type ReplyOf<One extends Endpoint, Status extends keyof One['replies'] = 200 & keyof One['replies']> = Out<
  One['replies'][Status]
>;

/** The path with its parameters filled in and the query behind it. Throws for a parameter that is not given. */
export function pathOf(
  one: Pick<Endpoint, 'path'>,
  params: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | number | boolean | undefined>> = {},
): string {
  const path = one.path.replace(/:([A-Za-z]+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${one.path} needs ${name}`);
    return encodeURIComponent(value);
  });
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
