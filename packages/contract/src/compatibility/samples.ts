import type { z } from 'zod';
import { clientEvent, eventFrame } from '../clients/events.ts';
import { passwordSignIn } from '../clients/sign-in.ts';
import { downBody, linkQuestion } from '../link/down.ts';
import { linkFrame, pollRequest } from '../link/frames.ts';
import { linkAnswer, upBody } from '../link/up.ts';
import { clientConnection, connectionUpload, connectionUploadResult } from '../people/connection.ts';
import { stationUpload, storedStations } from '../people/station.ts';
import { newUser, syncPage } from '../people/user.ts';
import { settingsPatch, settingsView } from '../settings/settings.ts';
import { problem } from '../values/problem.ts';

const settings = {
  routing: 'default',
  busy: 'busySignal',
  noAnswer: 'none',
  ringOrder: { order: 'deskFirst', afterSec: 8 },
  earlierAlternativeNumbers: ['+491711234567'],
};
const party = { number: '4021', name: 'Ben Okafor' };
const dialling = {
  countryCode: '49',
  nationalPrefix: '0',
  internationalPrefix: '00',
  outsideLinePrefix: '',
  emergencyNumbers: ['112'],
  internalLengths: [4],
};
const inForce = { userId: 'u1', version: 4, settings, changedAtMs: 1_800_000_000_000, origin: 'phone' };

/**
 * What a side of version 1 said on the day the version was made. Every later side must read all of it: a sample is never edited and
 * never taken out, new ones come beside it.
 */
export const VERSION_1: readonly (readonly [name: string, schema: z.ZodType, said: object])[] = [
  ['a hello', linkFrame, { type: 'hello', versions: [1], software: 'Unisono/0.1.0', outbox: 'a1' }],
  [
    'a welcome',
    linkFrame,
    {
      type: 'welcome',
      version: 1,
      software: 'Unisono/0.1.0',
      session: 's1',
      system: 'main',
      tenant: 't1',
      outbox: 'c1',
      received: { outbox: 'a1', seq: 17 },
      pingSec: 25,
      atMs: 1_800_000_000_000,
    },
  ],
  ['an ack', linkFrame, { type: 'ack', outbox: 'a1', seq: 18 }],
  ['a bye', linkFrame, { type: 'bye', code: 'shutdown', message: 'The service restarts.', retryAfterSec: 5 }],
  ['a long poll', pollRequest, { session: 's1', frames: [], waitSec: 20 }],
  [
    'a wish to change settings',
    downBody,
    {
      kind: 'settingsChange',
      changeId: 'c1',
      userId: 'u1',
      patch: { busy: 'default' },
      requestedAtMs: 1_800_000_000_000,
    },
  ],
  ['users changed', downBody, { kind: 'usersChanged', revision: 12 }],
  ['a revoked installation', downBody, { kind: 'installationRevoked', userId: 'u1', installationId: 'i1', atMs: 1 }],
  ['clients that can be woken', downBody, { kind: 'wakeable', userId: 'u1', installations: 2 }],
  ['a wish applied', upBody, { kind: 'settingsResult', changeId: 'c1', userId: 'u1', outcome: 'applied', inForce }],
  ['settings in force', upBody, { kind: 'settingsState', ...inForce }],
  [
    'a call',
    upBody,
    {
      kind: 'callEvent',
      userId: 'u1',
      event: { callId: 'k1', direction: 'incoming', state: 'alerting', party, atMs: 2, startedAtMs: 1 },
    },
  ],
  [
    'a history entry',
    upBody,
    {
      kind: 'historyEntry',
      userId: 'u1',
      entry: {
        entryId: 'h1',
        callId: 'k1',
        direction: 'incoming',
        party,
        startedAtMs: 1,
        endedAtMs: 3,
        result: 'deflected',
        reason: 'busy',
      },
    },
  ],
  [
    'a push',
    upBody,
    {
      kind: 'pushRequest',
      userId: 'u1',
      push: { pushId: 'p1', kind: 'incomingCall', callId: 'k1', party, expiresAtMs: 9 },
    },
  ],
  [
    'a page of users',
    syncPage,
    {
      users: [
        {
          id: 'u1',
          email: 'anna@example.com',
          firstName: 'Anna',
          lastName: 'Lindner',
          displayName: 'Anna Lindner',
          status: 'active',
          changedAtMs: 1,
        },
      ],
      removed: [{ id: 'u2', reason: 'phoneOff' }],
      delta: 'd1',
    },
  ],
  [
    'an upload',
    connectionUpload,
    {
      items: [
        {
          op: 'put',
          userId: 'u1',
          version: 1,
          data: {
            sbc: [{ uri: 'wss://sbc.example.com/sip' }],
            ufip: { addressOfRecord: 'sip:anna-clients@example.com', realm: 'example.com', maxClients: 10 },
            credentials: { kind: 'fixed', username: 'anna-clients', password: 'x' },
            desk: { number: '4020', displayName: 'Anna Lindner' },
            dialling,
          },
        },
        { op: 'withdraw', userId: 'u2', version: 7 },
      ],
    },
  ],
  ['its result', connectionUploadResult, { outcomes: [{ userId: 'u1', outcome: 'stored', version: 1 }] }],
  [
    'connection data',
    clientConnection,
    {
      version: 3,
      system: 'main',
      sbc: [{ uri: 'wss://sbc.example.com/sip', priority: 0, weight: 1 }],
      sip: { addressOfRecord: 'sip:anna-clients@example.com', realm: 'example.com', username: 'a~i1~9', password: 'x' },
      desk: { number: '4020', displayName: 'Anna Lindner' },
      turn: [{ urls: ['stun:stun.example.com'] }],
      dialling: { ...dialling, featureCodes: {} },
      features: ['voicemail'],
      issuedAtMs: 1,
      validUntilMs: 9,
      refreshAtMs: 5,
    },
  ],
  [
    'numbers for the directory',
    stationUpload,
    {
      items: [
        {
          op: 'put',
          station: {
            stationId: '4024',
            name: 'Eva Novak',
            email: 'eva@example.com',
            number: '4024',
            outsideNumber: '+498999998024',
          },
        },
        { op: 'put', station: { stationId: '4000', name: 'Reception', number: '4000' } },
        { op: 'withdraw', stationId: '4030' },
      ],
    },
  ],
  ['numbers in the directory', storedStations, { stations: [{ stationId: '4024', digest: 'x' }], next: 'n1' }],
  ['the state of a number', upBody, { kind: 'stationState', stationId: '4024', presence: 'inCall' }],
  ['a settings patch', settingsPatch, { routing: 'alternativeNumber', alternativeNumber: '+491711234567' }],
  [
    'the settings page',
    settingsView,
    {
      settings,
      version: 4,
      pending: [{ changeId: 'c1', patch: { busy: 'default' }, state: 'sent', requestedAtMs: 1 }],
      notifications: { incomingCalls: true, missedCalls: true, voicemail: true, quiet: null },
      link: { isOnline: true, sinceMs: 1 },
    },
  ],
  ['a question about a mailbox', linkQuestion, { kind: 'voicemail', userId: 'u1' }],
  ['a question for audio', linkQuestion, { kind: 'voicemailAudio', userId: 'u1', messageId: 'v1', offset: 524_288 }],
  ['a message heard', linkQuestion, { kind: 'voicemailChange', userId: 'u1', messageId: 'v1', change: 'heard' }],
  [
    'a part of a greeting',
    linkQuestion,
    { kind: 'voicemailGreeting', userId: 'u1', uploadId: 'g1', offset: 0, totalOctets: 4, data: 'AAECAw==' },
  ],
  [
    'a mailbox',
    linkAnswer,
    {
      kind: 'voicemail',
      box: {
        hasMailbox: true,
        messages: [{ messageId: 'v1', party, receivedAtMs: 1, durationMs: 4_000, isHeard: false }],
        hasGreeting: false,
        maxGreetingMs: 60_000,
      },
    },
  ],
  ['a part of audio', linkAnswer, { kind: 'audio', offset: 0, totalOctets: 4, data: 'AAECAw==' }],
  ['a change made', linkAnswer, { kind: 'done' }],
  ['a sign-in', passwordSignIn, { tenant: 'lindner', email: 'anna@example.com', password: 'x' }],
  ['a new person', newUser, { email: 'anna@example.com', firstName: 'Anna', lastName: 'Lindner' }],
  ['an event', clientEvent, { type: 'event', position: '9', atMs: 1, body: { kind: 'favourites' } }],
  [
    'what a colleague is doing',
    clientEvent,
    { type: 'event', position: '9', atMs: 1, body: { kind: 'presence', number: '4021', presence: 'inCall' } },
  ],
  ['a hello of events', eventFrame, { type: 'hello', version: 1, isResumed: true, position: '9', pingSec: 25 }],
  [
    'a problem',
    problem,
    { code: 'notFound', status: 404, title: 'There is no such thing here.', detail: 'x', action: 'y' },
  ],
];
