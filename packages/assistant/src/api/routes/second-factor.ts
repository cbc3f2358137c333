import { z } from 'zod';
import { isPassword } from '../../access/password.ts';
import type { Actor } from '../../access/roles.ts';
import { secondFactorOf, secondFactorWrites } from '../../access/second-factor.ts';
import { base32, otpauthUri, stepOfCode } from '../../access/totp.ts';
import type { Statement } from '../../store/index.ts';
import { actor } from '../guard.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';

const SECRET_OCTETS = 20;
const ISSUER = 'Unisono Assistant';
const code = z.string().max(20);

/** The own second factor (RFC 6238): begun with the password, in force with a first code, removed with another. */
export function secondFactorRoutes(api: Api, parts: ApiParts): void {
  const { access, database, random, audit, clock } = parts;
  const writes = secondFactorWrites(database);
  const own = (who: Actor): Actor => {
    if (who.kind !== 'administrator') throw new Refusal('notAllowed', 'An API token has no second factor.');
    return who;
  };
  const write = (who: Actor, action: string, statement: Statement): void => {
    const fact = { action, target: `administrators/${who.name}`, detail: {} };
    database.writeNow([statement, ...audit.statements(who, [fact], clock.epochMs())]);
  };
  const tags = ['session'];
  const config = { needs: 'readOnly', isBeforeFactor: true } as const;

  api.get(
    '/api/v1/session/second-factor',
    {
      config,
      schema: {
        tags,
        summary: 'Whether the own second factor is on',
        response: { 200: z.object({ isOn: z.boolean(), isRequired: z.boolean() }) },
      },
    },
    async (request) => ({
      isOn: secondFactorOf(database, own(actor(request)).id)?.isOn ?? false,
      isRequired: parts.requireTotp,
    }),
  );
  api.post(
    '/api/v1/session/second-factor',
    {
      config,
      schema: {
        tags,
        summary: 'Begins a second factor; it counts when a first code of it was confirmed',
        body: z.object({ password: z.string().min(1).max(1000) }),
        response: { 200: z.object({ secret: z.string(), uri: z.string() }) },
      },
    },
    async (request) => {
      const who = own(actor(request));
      if (secondFactorOf(database, who.id)?.isOn === true)
        throw new Refusal('secondFactorState', 'A second factor is on. Switch it off first.');
      await throttled(parts, who, async () =>
        isPassword(request.body.password, access.byUsername(who.name)?.password ?? ''),
      );
      const secret = random.bytes(SECRET_OCTETS);
      write(who, 'beginSecondFactor', writes.begin(who.id, secret));
      return { secret: base32(secret), uri: otpauthUri(ISSUER, who.name, base32(secret)) };
    },
  );
  for (const [path, action, wasOn] of [
    ['confirm', 'secondFactorOn', false],
    ['remove', 'secondFactorOff', true],
  ] as const) {
    api.post(
      `/api/v1/session/second-factor/${path}`,
      {
        config,
        schema: {
          tags,
          summary: wasOn ? 'Switches the own second factor off, with a code' : 'Switches it on, with a first code',
          body: z.object({ code }),
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const who = own(actor(request));
        if (wasOn && parts.requireTotp)
          throw new Refusal('notAllowed', 'A second factor is required here: it cannot be switched off.');
        const factor = secondFactorOf(database, who.id);
        if (factor === undefined || factor.isOn !== wasOn)
          throw new Refusal('secondFactorState', wasOn ? 'No second factor is on.' : 'No second factor was begun.');
        let step: number | undefined;
        await throttled(parts, who, async () => {
          step = stepOfCode(factor.secret, request.body.code, clock.epochMs(), factor.usedStep);
          return step !== undefined;
        });
        write(who, action, wasOn ? writes.remove(who.id) : writes.use(who.id, step ?? 0));
        return reply.code(204).send(null);
      },
    );
  }
}

/** Guessing gets slower with every try. */
async function throttled({ throttle, clock }: ApiParts, who: Actor, isRight: () => Promise<boolean>): Promise<void> {
  const keys = [`password ${who.id}`];
  const waitSec = throttle.waitSec(keys, clock.epochMs());
  if (waitSec > 0)
    throw new Refusal('tooManyRequests', `There were too many wrong tries. Wait ${waitSec} seconds.`, {
      retryAfterSec: waitSec,
    });
  if (await isRight()) return throttle.succeeded(keys);
  throttle.failed(keys, clock.epochMs());
  throw new Refusal('signInWrong', 'The password or the code is wrong.');
}
