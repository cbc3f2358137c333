import Messages from 'scimmy/messages';
import Schemas from 'scimmy/schemas';
import { ScimError } from './error.ts';
import { asRecord, PHONE_SCHEMA, type Resource, USER_SCHEMA } from './resource.ts';

const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const MAX_OPERATIONS = 100;

interface Operation {
  readonly op: string;
  readonly path?: string;
  readonly value?: unknown;
}

/**
 * The resource after a PATCH (RFC 7644 §3.5.2). Also takes what Entra and Okta send: `Replace` with a capital, booleans as texts, names
 * with dots in a value without path, attributes of extensions that we do not keep. Throws a `ScimError`.
 */
export async function patched(before: Resource, request: unknown): Promise<Resource> {
  const { schemas, Operations } = asRecord(request);
  if (!Array.isArray(schemas) || !schemas.includes(PATCH_SCHEMA))
    throw new ScimError(400, 'invalidSyntax', `schemas has to name ${PATCH_SCHEMA}.`);
  if (!Array.isArray(Operations) || Operations.length === 0 || Operations.length > MAX_OPERATIONS)
    throw new ScimError(400, 'invalidSyntax', `There have to be 1 to ${MAX_OPERATIONS} operations.`);
  const operations = Operations.flatMap((one) => spread(asRecord(one)));
  const ours = operations.filter(({ path }) => path?.startsWith(PHONE_SCHEMA));
  const core = operations.filter(({ path }) => path === undefined || !path.startsWith('urn:'));
  const { [PHONE_SCHEMA]: extension, meta: _, ...rest } = before;
  const after = core.length === 0 ? rest : await applyCore(rest, core);
  return { ...after, [PHONE_SCHEMA]: ours.reduce(applyPhone, asRecord(extension)) };
}

async function applyCore(resource: Resource, operations: readonly Operation[]): Promise<Resource> {
  const patch = new Messages.PatchOp({ schemas: [PATCH_SCHEMA], Operations: operations as never });
  const target = new Schemas.User({ ...resource, schemas: [USER_SCHEMA] } as never, 'inout');
  // A patch that changes nothing gives nothing back.
  const applied = await patch.apply(target, async (instance: unknown) => instance as never);
  return JSON.parse(JSON.stringify(applied ?? target)) as Resource;
}

function applyPhone(extension: Resource, { op, path, value }: Operation): Resource {
  const isWhole = path === PHONE_SCHEMA;
  if (op === 'remove') return isWhole || path?.endsWith(':phone') ? {} : extension;
  return isWhole ? { ...extension, ...asRecord(value) } : { ...extension, [path?.split(':').at(-1) ?? '']: value };
}

/** One operation as those it means: with its verb in lower case, one path each, core paths without the name of their schema. */
function spread({ op, path, value }: Resource): Operation[] {
  const verb = typeof op === 'string' ? op.toLowerCase() : '';
  if (!['add', 'remove', 'replace'].includes(verb))
    throw new ScimError(400, 'invalidSyntax', 'op is add, remove or replace.');
  if (typeof path === 'string') {
    const short = path.startsWith(`${USER_SCHEMA}:`) ? path.slice(USER_SCHEMA.length + 1) : path;
    return [{ op: verb, path: short, ...(value === undefined ? {} : { value: plain(short, value) }) }];
  }
  if (verb === 'remove') throw new ScimError(400, 'noTarget', 'remove needs a path.');
  if (typeof value !== 'object' || value === null)
    throw new ScimError(400, 'invalidValue', 'Without a path the value has to be an object.');
  return Object.entries(value)
    .filter(([name]) => name !== 'schemas' && name !== 'id')
    .map(([name, member]) => ({ op: verb, path: name, value: plain(name, member) }));
}

function plain(path: string, value: unknown): unknown {
  const isBoolean = path === 'active' || path.endsWith('.primary');
  return isBoolean && typeof value === 'string' && /^(true|false)$/i.test(value)
    ? value.toLowerCase() === 'true'
    : value;
}
