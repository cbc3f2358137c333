import { z } from 'zod';
import type { CallerNumberPolicy, InboundRule, NumberFormat, Tone, Transport } from '../model/index.ts';
import { COMBINATION, isCombination } from './combinations.ts';
import { account } from './devices.ts';
import * as field from './fields.ts';

const peer = z.strictObject({
  host: field.host,
  port: z.exactOptional(field.whole(1, 65_535)),
  transport: z.enum(['udp', 'tcp', 'tls'] satisfies Transport[]).default('udp'),
});

const credentials = z.strictObject({
  username: field.username,
  password: field.secret,
  realm: z.exactOptional(field.name),
});

const registration = z.strictObject({
  user: z.exactOptional(field.username),
  domain: z.exactOptional(field.host),
  expiresSec: field.whole(60, 86_400).default(600),
});

const sourceAddress = z
  .string()
  .max(50)
  .refine(isAddressOrBlock, 'Write an IP address or block, like "192.0.2.1" or "192.0.2.0/24".');

function isAddressOrBlock(source: string): boolean {
  const isV4 = z.ipv4().safeParse(source).success || z.cidrv4().safeParse(source).success;
  return isV4 || z.ipv6().safeParse(source).success || z.cidrv6().safeParse(source).success;
}

/** Interval of the supervision by OPTIONS where none is given. */
export const DEFAULT_OPTIONS_INTERVAL_SEC = 60;

const channels = z.exactOptional(field.whole(1, 100_000));

const trunk = z
  .strictObject({
    id: field.id,
    enabled: field.flag.default(true),
    peer,
    credentials: z.exactOptional(credentials),
    registration: z.exactOptional(registration),
    inboundAccount: z.exactOptional(account),
    sourceAddresses: z.array(sourceAddress).default([]),
    optionsIntervalSec: field.whole(0, 3600).default(DEFAULT_OPTIONS_INTERVAL_SEC),
    channels,
    gateway: z.exactOptional(field.id),
  })
  .check(
    isCombination(
      (trunk) =>
        trunk.registration === undefined || trunk.registration.user !== undefined || trunk.credentials !== undefined,
      'Give registration.user or credentials: what to register as would be unknown.',
    ),
  );

/** Written as it comes over the line: with plus, or the bare digits of a tie line. */
const inboundDigits = field.text(/^\+?\d*$/, 'Write the number as +49… or as the digits the peer sends.', 16);

const inboundRule = z
  .strictObject({
    number: z.exactOptional(inboundDigits.min(1)),
    to: z.exactOptional(field.internalNumber),
    prefix: z.exactOptional(inboundDigits),
    digits: z.exactOptional(field.whole(1, 15)),
  })
  .transform(({ number, to, prefix, digits }, context): InboundRule => {
    const isBlock = number === undefined && to === undefined;
    if (number !== undefined && to !== undefined && prefix === undefined && digits === undefined) return { number, to };
    if (isBlock && prefix !== undefined && digits !== undefined) return { prefix, digits };
    const message = 'Give number and to for one number, or prefix and digits for a block.';
    context.issues.push({ code: 'custom', input: {}, message, params: { kind: COMBINATION } });
    return z.NEVER;
  });

const POLICIES = ['ownNumber', 'mainNumber', 'withheld', 'passthrough'] as const;

export const trunkGroup = z.strictObject({
  id: field.id,
  name: z.exactOptional(field.name),
  enabled: field.flag.default(true),
  mainNumber: z.exactOptional(field.e164),
  callerNumber: z.enum(POLICIES satisfies readonly CallerNumberPolicy[]).default('ownNumber'),
  numberFormat: z.enum(['e164', 'national'] satisfies NumberFormat[]).default('e164'),
  channels,
  inbound: z.array(inboundRule).default([]),
  trunks: z.array(trunk).min(1),
});

const sent = field.text(/^\+?[\d*#]*$/, 'Write the digits that are sent.', 32);

const routeElement = z.strictObject({
  trunkGroup: field.id,
  strip: field.whole(0, 15).default(0),
  prepend: sent.default(''),
  replace: z.exactOptional(sent.min(1)),
});

export const route = z.strictObject({
  id: field.id,
  pattern: field.text(
    /^(\*|\+[\dX]*|[\dX]+)$/,
    'Write the beginning of a number: "+49", "+", "118", X for any digit, "*" for everything.',
    16,
  ),
  elements: z.array(routeElement).min(1),
});

const TONES = ['dial', 'ringback', 'busy', 'congestion', 'information', 'melody'] as const;

const applicationFields = { id: field.id, number: field.internalNumber, name: field.name };

export const application = z.discriminatedUnion('kind', [
  z.strictObject({ ...applicationFields, kind: z.literal('echo') }),
  z.strictObject({ ...applicationFields, kind: z.literal('mailbox') }),
  z
    .strictObject({
      ...applicationFields,
      kind: z.literal('announcement'),
      text: z.exactOptional(field.text(/^[^\p{Cs}]+$/u, 'Write what is said.', 1000)),
      tone: z.exactOptional(z.enum(TONES satisfies readonly Tone[])),
    })
    .check(isCombination(({ text, tone }) => text !== undefined || tone !== undefined, 'Give text, tone or both.')),
]);
