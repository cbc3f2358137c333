import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ENDPOINTS, type Endpoint, PROBLEM_CODES, problem } from '@unisono/contract';
import { FromSchema, seeded } from './testing/from-schema.ts';
import { connected, type Person } from './testing/people.ts';
import { Stage, type TenantKeys } from './testing/stage.ts';

/** More by hand: `FUZZ_ROUNDS=500 FUZZ_SEED=7 npm test -- packages/connector/src/fuzz`. */
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 12);
const SEED = Number(process.env.FUZZ_SEED ?? 1);

/** Waiting is not what is tested here. */
const NO_WAITING: Readonly<Record<string, unknown>> = { waitSec: 0 };

describe(`every route takes anything of its schema's kind and otherwise (seed ${SEED})`, () => {
  let stage: Stage;
  let tenant: TenantKeys;
  let faults: unknown[] = [];

  before(async () => {
    faults = [];
    const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => void faults.push(fields) };
    stage = await Stage.open(undefined, { log });
    tenant = await stage.tenant('lindner');
  });
  after(() => stage.close());

  let people = 0;
  for (const [index, [name, one]] of Object.entries(ENDPOINTS).entries()) {
    it(name, async () => {
      const from = new FromSchema(seeded(SEED * 1000 + index));
      people++;
      const person = await connected(stage, tenant, `person${people}`, String(4000 + people));
      for (let round = 0; round < ROUNDS; round++) {
        const asking = askingFor(one, from, round % 3 === 0 ? 0 : 0.15, person);
        const reply = await stage.ask(one, { ...asking, as: tokenFor(one, tenant, person) });
        const shown = `${JSON.stringify(asking).slice(0, 500)} → ${reply.status} ${JSON.stringify(reply.body)}`;
        assert.ok(reply.status < 500 || reply.body.code === 'systemOffline' || reply.body.code === 'upstream', shown);
        if (reply.status < 400) continue;
        const refusal = problem.parse(reply.body);
        assert.ok((PROBLEM_CODES as string[]).includes(refusal.code), shown);
        assert.ok(refusal.title.length > 0 && refusal.action.length > 0, shown);
        stage.clock.jump(1_000_000);
      }
      assert.deepEqual(faults, []);
    });
  }
});

function askingFor(one: Endpoint, from: FromSchema, wild: number, person: Person) {
  const record = (schema: Endpoint['query']): Record<string, string> => {
    const value = schema === undefined ? {} : (from.value(schema, wild) as Record<string, unknown>);
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries({ ...value, ...pick(schema) }).map(([key, text]) => [key, String(text)]));
  };
  const names = Object.keys(one.params?.shape ?? {});
  const params = Object.fromEntries(
    names.map((key) => [key, from.text().slice(0, 100).toWellFormed() || person.userId]),
  );
  const headers = Object.fromEntries(
    Object.entries(record(one.headers)).map(([key, text]) => [key, text.replace(/[^\x20-\x7e]/g, '')]),
  );
  const body = one.body === undefined ? undefined : from.value(one.body, wild);
  const sent = typeof body === 'object' && body !== null ? { ...body, ...pickBody(one) } : (body ?? null);
  return {
    params,
    query: record(one.query),
    headers,
    ...(one.body === undefined ? {} : { body: Array.isArray(body) ? body : sent }),
  };
}

function pick(schema: Endpoint['query']): Record<string, unknown> {
  return schema !== undefined && 'waitSec' in schema.shape ? NO_WAITING : {};
}

function pickBody(one: Endpoint): Record<string, unknown> {
  return one.path === ENDPOINTS.pollLink.path ? NO_WAITING : {};
}

function tokenFor(one: Endpoint, tenant: TenantKeys, person: Person): string | undefined {
  if (one.access === 'public') return undefined;
  if (one.access === 'session') return person.token;
  return tenant[one.access];
}
