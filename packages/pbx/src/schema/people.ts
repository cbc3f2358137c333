import { z } from 'zod';
import {
  type BusySetting,
  DEFAULT_USER_SETTINGS,
  MAX_EARLIER_ALTERNATIVE_NUMBERS,
  type NoAnswerRule,
  type Routing,
} from '../model/index.ts';
import { isCombination } from './combinations.ts';
import { language, ringSec } from './company.ts';
import * as field from './fields.ts';

const ROUTINGS = ['default', 'deskPhoneOnly', 'clientsOnly', 'alternativeNumber', 'voicemail', 'other'] as const;
const BUSY_SETTINGS = ['default', 'busySignal', 'alternativeNumber', 'voicemail'] as const;
const NO_ANSWER_RULES = ['none', 'alternativeNumber', 'voicemail'] as const;

/** Seconds until the second devices ring. */
const afterSec = field.whole(1, 120);

const ringOrder = z.discriminatedUnion('order', [
  z.strictObject({ order: z.literal('simultaneous') }),
  z.strictObject({ order: z.literal('deskFirst'), afterSec }),
  z.strictObject({ order: z.literal('clientsFirst'), afterSec }),
]);

export const userSettings = z
  .strictObject({
    routing: z.enum(ROUTINGS satisfies readonly Routing[]).default(DEFAULT_USER_SETTINGS.routing),
    busy: z.enum(BUSY_SETTINGS satisfies readonly BusySetting[]).default(DEFAULT_USER_SETTINGS.busy),
    noAnswer: z.enum(NO_ANSWER_RULES satisfies readonly NoAnswerRule[]).default(DEFAULT_USER_SETTINGS.noAnswer),
    ringOrder: ringOrder.default({ order: 'simultaneous' }),
    ringSec: z.exactOptional(ringSec),
    alternativeNumber: z.exactOptional(field.target),
    earlierAlternativeNumbers: z.array(field.target).max(MAX_EARLIER_ALTERNATIVE_NUMBERS).default([]),
    fixedTarget: z.exactOptional(field.target),
  })
  .check(
    isCombination(
      ({ routing, fixedTarget }) => (routing === 'other') === (fixedTarget !== undefined),
      'Give fixedTarget with routing "other", and only then.',
    ),
  );

export const user = z.strictObject({
  id: field.id,
  name: field.name,
  email: field.email,
  language: z.exactOptional(language),
  deskStation: z.exactOptional(field.id),
  mailbox: field.flag.default(false),
  mailboxPin: z.exactOptional(field.text(/^\d{4,10}$/, 'Write 4 to 10 digits.', 10)),
  settings: userSettings.prefault({}),
});
