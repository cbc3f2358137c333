import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sdpPayload } from '../dialog/payload.ts';
import type { Session } from '../session/session.ts';
import type { UacInviteHandler } from '../session/uac-invite.ts';
import { type OpenUserAgent, openUserAgent } from './open-user-agent.ts';

const OFFER = sdpPayload(
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n',
);

async function phone(
  t: TestContext,
  handler: Parameters<typeof openUserAgent>[0]['handler'] = {},
): Promise<OpenUserAgent> {
  const opened = await openUserAgent({ points: [{ transport: 'udp', address: '127.0.0.1', port: 0 }], handler });
  t.after(() => opened.close());
  return opened;
}

function portOf({ transport }: OpenUserAgent): number {
  return transport.boundPoints()[0]?.port ?? 0;
}

/** A port that was free a moment ago: the examples take theirs from the command line. */
async function freePort(t: TestContext): Promise<number> {
  const probe = await openUserAgent({ points: [{ transport: 'tcp', address: '127.0.0.1', port: 0 }], handler: {} });
  const port = portOf(probe);
  await probe.close();
  t.diagnostic(`port ${port}`);
  return port;
}

function example(t: TestContext, name: string, ...args: string[]): ChildProcess {
  const file = fileURLToPath(new URL(`../../examples/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'inherit', 'inherit'], timeout: 20_000 });
  t.after(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  return child;
}

const quiet = { onReinvite() {}, onUpdate() {}, onRequest() {}, onEnded() {} };

test('the registrar of the README remembers a contact and lists it', async (t) => {
  const port = await freePort(t);
  example(t, 'registrar', String(port));
  const { ua } = await phone(t);
  const register = (contact: readonly (readonly [string, string])[]) =>
    new Promise<string | undefined>((resolve, reject) => {
      ua.request(
        () =>
          ua.newRequest({
            method: 'REGISTER',
            uriText: 'sip:example.com',
            from: '<sip:anna@example.com>;tag=1',
            to: '<sip:anna@example.com>',
            callId: ua.newCallId(),
            sequence: 1,
            headers: contact,
          }),
        [{ transport: 'udp', address: '127.0.0.1', port }],
        {
          onResponse: (response) => resolve(response.headers.get('Contact')),
          onFailure: (why) => reject(new Error(why)),
        },
      );
    });
  assert.equal(await register([['Contact', '<sip:anna@192.0.2.1>']]), '<sip:anna@192.0.2.1>');
  assert.equal(await register([]), '<sip:anna@192.0.2.1>');
});

test('the back-to-back user agent of the README connects two phones and hangs both up', async (t) => {
  const hungUp = Promise.withResolvers<void>();
  const callee = await phone(t, {
    onInvite: (invite) => {
      invite.progress(180);
      invite.accept({ payload: OFFER }).handler = { ...quiet, onBye: () => hungUp.resolve() };
    },
  });
  const port = await freePort(t);
  example(t, 'b2bua', String(port), `127.0.0.1:${portOf(callee)}`);
  const { ua } = await phone(t);
  const answered = Promise.withResolvers<Session>();
  const handler: UacInviteHandler = {
    ...quiet,
    onBye() {},
    onProgress() {},
    onFailure: (_invite, outcome) => answered.reject(new Error(JSON.stringify(outcome.kind))),
    onAnswer: (invite, session, response) => {
      invite.acknowledge(session, response);
      answered.resolve(session);
    },
  };
  ua.prepareInvite({
    uriText: 'sip:anybody@example.com',
    from: '<sip:caller@example.com>',
    to: '<sip:anybody@example.com>',
    hops: [{ transport: 'udp', address: '127.0.0.1', port }],
    payload: OFFER,
    maxForwards: 70,
    contactUser: 'caller',
    handler,
  }).start();
  (await answered.promise).bye();
  await hungUp.promise;
});

test('the README shows the examples as they are', () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const readme = read('README.md');
  for (const name of ['registrar', 'b2bua']) assert.ok(readme.includes(read(`examples/${name}.ts`)), name);
});
