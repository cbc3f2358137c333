import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Assistant, ChangedCalls } from '@unisono/assistant';
import { ENDPOINTS, pathOf } from '@unisono/contract';
import type { VoicemailMessage } from '@unisono/gateway';
import { readWav, type WavAudio, writeWav } from '@unisono/media';
import { createVoicemailStore, type MailboxStore } from '../stores/voicemail-store.ts';
import { type Any, CloudWorld, until } from '../testing/cloud-world.ts';
import { testFolder } from '../testing/folder.ts';

let world: CloudWorld;
let assistant: Assistant;
let mailboxes: MailboxStore;
let anna: string;
let ben: string;
let changed: ChangedCalls = { mark: 0, stations: [] };

/** So many seconds of a rising line: every sample says where it is. */
function audio(seconds: number, sampleRateHz: WavAudio['sampleRateHz'] = 16_000): WavAudio {
  return { sampleRateHz, pcm: Int16Array.from({ length: seconds * sampleRateHz }, (_, at) => at % 30_000) };
}

function message(id: string, user: string, receivedAtMs: number): VoicemailMessage {
  const caller = { callerNumber: '4021', callerName: 'Ben Okafor' };
  return { id, user, ...caller, receivedAtMs, durationMs: 60_000, isHeard: false, call: 'c1' };
}

before(async () => {
  world = await CloudWorld.open(testFolder());
  const parts = await world.system();
  mailboxes = createVoicemailStore(parts.store, (error) => assert.fail(error));
  parts.system.apply({ kind: 'update', list: 'users', id: 'anna', value: { mailbox: true } });
  mailboxes.add(message('m1', 'anna', 1_000), audio(60));
  mailboxes.add(message('m2', 'anna', 2_000), audio(1));
  mailboxes.add(message('b1', 'ben', 2_000), audio(1));
  assistant = await world.assistant({ ...parts, mailboxes, changedCalls: () => changed });
  anna = await world.signedIn('Anna', 'anna@lindner-optik.example');
  ben = await world.signedIn('Ben', 'ben@lindner-optik.example');
  assistant.start();
  await until(() => assistant.cloud?.personOf('anna') !== undefined, 'Anna');
});

after(() => world.close());

const ask = (endpoint: { method: string; path: string }, params = {}, body?: unknown, token = anna): Promise<Any> =>
  world.ask(endpoint, params, body, { token });

async function refused(
  endpoint: { method: string; path: string },
  params = {},
  token = anna,
): Promise<[number, string]> {
  const reply = await world.connector.app.inject({
    method: endpoint.method as 'GET',
    url: pathOf(endpoint, params),
    headers: { authorization: `Bearer ${token}` },
  });
  return [reply.statusCode, reply.json().code];
}

async function events(token = anna): Promise<Any[]> {
  const poll = { method: 'GET', path: `${ENDPOINTS.pollEvents.path}?after=0&waitSec=0` };
  const { events: told } = await world.ask(poll, {}, undefined, { token });
  return told.map(({ body }: Any) => body);
}

test('the mailbox is listed, the latest first; each sees their own', async () => {
  const box = await ask(ENDPOINTS.voicemail);
  assert.deepEqual(
    [box.hasMailbox, box.hasGreeting, box.messages.map(({ messageId }: Any) => messageId)],
    [true, false, ['m2', 'm1']],
  );
  assert.deepEqual(box.messages[0].party, { number: '4021', name: 'Ben Okafor' });
  assert.deepEqual(await refused(ENDPOINTS.voicemailAudio, { messageId: 'b1' }), [404, 'notFound']);
});

test('audio comes whole, in as many parts as the link needs', async () => {
  const { contentType, data } = await ask(ENDPOINTS.voicemailAudio, { messageId: 'm1' });
  const read = readWav(Buffer.from(data, 'base64'));
  assert.equal(contentType, 'audio/wav');
  assert.ok(read.ok);
  assert.deepEqual(read.audio, audio(60));
  assert.equal((await ask(ENDPOINTS.voicemail)).messages[1].isHeard, false, 'who looks has not heard it yet');
});

test('heard and deleted: in force at the phone system, and told to all clients', async () => {
  await ask(ENDPOINTS.voicemailHeard, { messageId: 'm1' });
  assert.deepEqual(
    mailboxes.list('anna').map(({ id, isHeard }) => [id, isHeard]),
    [
      ['m1', true],
      ['m2', false],
    ],
  );
  const waiting = ({ kind, messages }: Any) =>
    kind === 'messageWaiting' && messages.newMessages === 1 && messages.oldMessages === 1;
  await until(async () => (await events()).some(waiting), 'the number of messages');
  await ask(ENDPOINTS.deleteVoicemail, { messageId: 'm2' });
  await ask(ENDPOINTS.deleteVoicemail, { messageId: 'm2' });
  assert.deepEqual(mailboxes.list('anna').length, 1);
  assert.deepEqual(await refused(ENDPOINTS.voicemailHeard, { messageId: 'm2' }), [404, 'notFound']);
});

test('a greeting: recorded, read back, taken away', async () => {
  assert.deepEqual(await refused(ENDPOINTS.greeting), [404, 'notFound']);
  const own = audio(40);
  const body = { contentType: 'audio/wav', data: writeWav(own).toString('base64') };
  await ask(ENDPOINTS.setGreeting, {}, body);
  assert.deepEqual(mailboxes.greeting('anna'), own);
  const back = await ask(ENDPOINTS.greeting);
  assert.equal(back.data, body.data);
  await ask(ENDPOINTS.deleteGreeting);
  assert.equal(mailboxes.greeting('anna'), undefined);
});

const BAD_GREETINGS: [string, WavAudio | string, RegExp][] = [
  ['too long', audio(61), /longer than 60 seconds/],
  ['no WAV file', 'bm90IGF1ZGlv', /RIFF WAVE/],
];
for (const [name, what, expected] of BAD_GREETINGS) {
  test(`a greeting that cannot be used is refused with the reason: ${name}`, async () => {
    const data = typeof what === 'string' ? what : writeWav(what).toString('base64');
    await assert.rejects(ask(ENDPOINTS.setGreeting, {}, { contentType: 'audio/wav', data }), expected);
    assert.equal(mailboxes.greeting('anna'), undefined);
  });
}

test('a new message is told and counted', async () => {
  mailboxes.add(message('m3', 'anna', 3_000), audio(1));
  await until(async () => (await events()).some(({ messages }) => messages?.newMessages === 1), 'the message');
});

test('running calls are told, to whom they concern', async () => {
  const ringing = { id: 'k1', direction: 'incoming', party: { number: '4022' }, startedAtMs: 5 } as const;
  const states = async () => (await events()).filter(({ kind }) => kind === 'call').map(({ event }) => event.state);
  changed = { mark: 1, stations: [{ station: '4020', calls: [{ ...ringing, state: 'alerting', device: undefined }] }] };
  await until(async () => (await states()).includes('alerting'), 'the call');
  changed = { mark: 2, stations: [{ station: '4020', calls: [{ ...ringing, state: 'connected', device: 'desk' }] }] };
  await until(async () => (await states()).includes('connected'), 'the answer');
  changed = { mark: 3, stations: [{ station: '4020', calls: [] }] };
  await until(async () => (await states()).includes('ended'), 'the end');
  assert.deepEqual(await states(), ['alerting', 'connected', 'ended']);
  assert.ok((await events(ben)).every(({ kind }) => kind !== 'call'));
});

test('with the link down nothing is pretended: the phone system cannot be reached', async () => {
  await assistant.close();
  await until(async () => (await refused(ENDPOINTS.voicemail))[1] === 'systemOffline', 'the end of the link');
  assert.deepEqual(await refused(ENDPOINTS.deleteVoicemail, { messageId: 'm1' }), [503, 'systemOffline']);
  assert.equal(mailboxes.list('anna').length, 2);
});
