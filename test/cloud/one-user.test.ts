/** What happens at the phones of one user shows in the cloud: codes dialled at the desk phone, calls, messages and what was said. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Cast } from '../interop/cast.ts';
import { PORT_OFFSETS, startUnisono, type Unisono } from '../interop/unisono.ts';
import { watch } from '../interop/watch.ts';
import { type Baresip, findPeer, measureTone, parseWav, requirePeer, reservePorts } from '../peers/index.ts';

const [ANNA_HZ, BEN_HZ] = [440, 880];
const SOON_MS = 10_000;
/** Longer than the greeting and its tone. */
const GREETING_MS = 9_000;
const SPEAKING_MS = 3_000;

// biome-ignore lint/suspicious/noExplicitAny: answers of many forms, looked into
type Any = any;

describe('one user, phones and cloud', () => {
  let system: Unisono;
  let cast: Cast;
  let connectorPort: number;
  let token = '';
  let anna: Baresip;
  let ben: Baresip;

  before(async () => {
    const ports = await reservePorts();
    connectorPort = ports.port(PORT_OFFSETS.connector);
    system = await startUnisono({ ports, cloud: true, lifetimeSec: 180 });
    cast = new Cast(system);
    const { password } = system.client('ben');
    const email = system.data.users.find(({ id }) => id === 'ben')?.email;
    const session = await until('the sign-in', async () => {
      const answer = await ask('POST', '/v1/sign-in/password', { tenant: 'lindner-optik', email, password });
      return answer.token === undefined ? undefined : answer;
    });
    token = session.token;
    await until('the settings', async () => (await ask('GET', '/v1/me/settings')).settings);
    if (!findPeer('baresip')) return;
    [anna, ben] = await Promise.all([
      cast.baresip(system.desk('4020'), ANNA_HZ, { name: 'anna' }),
      cast.baresip(system.desk('4021'), BEN_HZ, { name: 'ben' }),
    ]);
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });

  const isThere = (t: TestContext) => requirePeer(t, 'baresip');

  function ask(method: string, path: string, body?: unknown): Promise<Any> {
    const ca = readFileSync(system.caFile);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: connectorPort, method, path, ca, headers }, (response) => {
        let text = '';
        response.on('data', (part) => {
          text += part;
        });
        response.on('end', () => resolve(text === '' ? {} : JSON.parse(text)));
      });
      asked.on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async function until<Value>(what: string, look: () => Promise<Value | undefined>): Promise<Value> {
    const limitMs = Date.now() + SOON_MS;
    for (;;) {
      const found = await look().catch(() => undefined);
      if (found !== undefined) return found;
      assert.ok(Date.now() < limitMs, `it did not come: ${what}`);
      await delay(50);
    }
  }

  async function dialCode(code: string): Promise<void> {
    const benSees = watch(ben);
    await ben.dial(code);
    await benSees.event('CALL_ESTABLISHED');
    await benSees.event('CALL_CLOSED');
  }

  async function routingIs(expected: string): Promise<Any> {
    return await until(`routing ${expected}`, async () => {
      const view = await ask('GET', '/v1/me/settings');
      return view.settings?.routing === expected ? view : undefined;
    });
  }

  const events = async (): Promise<Any[]> => {
    const { events: told } = await ask('GET', '/v1/events/poll?after=0&waitSec=0');
    return (told ?? []).map(({ body }: Any) => body);
  };

  for (const [code, routing] of [
    ['*22', 'deskPhoneOnly'],
    ['*23', 'clientsOnly'],
    ['#21', 'default'],
  ] as const) {
    test(`${code} at the desk phone shows in the client: ${routing}`, async (t) => {
      if (!isThere(t)) return;
      await dialCode(code);
      const view = await routingIs(routing);
      assert.equal(view.origin, 'phone');
      assert.match(view.preview.en[0], /^A call now would /);
    });
  }

  test('and the reverse: what the client chooses is what a call meets', async (t) => {
    if (!isThere(t)) return;
    await ask('PATCH', '/v1/me/settings', { routing: 'voicemail' });
    await until('the confirmation', async () => {
      const { pending } = await ask('GET', '/v1/me/settings');
      return pending?.length === 0 ? true : undefined;
    });
    const annaSees = watch(anna);
    await anna.dial('4021');
    await annaSees.event('CALL_ESTABLISHED');
    await delay(GREETING_MS + SPEAKING_MS);
    await anna.hangup();
    const [message] = await until('the message', async () => {
      const { messages } = await ask('GET', '/v1/me/voicemail');
      return messages?.length === 1 ? messages : undefined;
    });
    assert.deepEqual([message.party.number, message.isHeard], ['4020', false]);
    const file = await ask('GET', `/v1/me/voicemail/messages/${message.messageId}/audio`);
    const heard = measureTone(parseWav(Buffer.from(file.data, 'base64')), ANNA_HZ);
    assert.ok(heard.seconds > SPEAKING_MS / 2_000, `${ANNA_HZ} Hz for ${heard.seconds} s`);
    await ask('POST', `/v1/me/voicemail/messages/${message.messageId}/heard`);
    await until('the counts', async () =>
      (await events()).find(({ kind, messages }) => kind === 'messageWaiting' && messages.oldMessages === 1),
    );
  });

  test('one entry in the history per call, with the truth, and running calls as they run', async (t) => {
    if (!isThere(t)) return;
    await ask('PATCH', '/v1/me/settings', { routing: 'default' });
    await routingIs('default');
    const benSees = watch(ben);
    await anna.dial('4021');
    await benSees.event('CALL_INCOMING');
    await ben.answer();
    const connected = await until('the running call', async () =>
      (await events()).find(
        ({ kind, event }) => kind === 'call' && event.state === 'connected' && event.direction === 'incoming',
      ),
    );
    assert.deepEqual([connected.event.device, connected.event.party.number], ['desk', '4020']);
    await ben.hangup();
    const entries = await until('the history', async () => {
      const { entries: written } = await ask('GET', '/v1/me/history?show=incoming');
      return written?.length === 2 ? written : undefined;
    });
    assert.deepEqual(
      entries.map(({ result, reason, device, party }: Any) => [result, reason, device, party.number, party.name]),
      [
        ['answered', undefined, 'desk', '4020', 'Anna Lindner'],
        ['deflected', 'unconditional', 'voicemail', '4020', 'Anna Lindner'],
      ],
    );
  });
});
