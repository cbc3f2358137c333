/** Clients over WebSocket (RFC 7118), as a border hands them over. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import WebSocket from 'ws';
import { headerOf, plainSdp } from '../peers/index.ts';
import { Cast } from './cast.ts';
import { bodyOf, branchOf, reasonPhraseOf, statusOf, uriIn } from './scripted/messages.ts';
import { ScriptedPhone } from './scripted/phone.ts';
import { openWebSocket } from './scripted/wire.ts';
import { startUnisono, type Unisono } from './unisono.ts';

const WAIT = () => ({ signal: AbortSignal.timeout(5_000) });

describe('a client over WebSocket', () => {
  let system: Unisono;
  let cast: Cast;
  let ben: ScriptedPhone;
  let client: ScriptedPhone;

  before(async () => {
    system = await startUnisono();
    cast = new Cast(system);
    ben = await cast.scripted(system.desk('4021'));
    client = await cast.scripted(system.client('anna'), { transport: 'ws' });
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });

  /** A client on a connection that the test may close. */
  async function newClient(user: string) {
    const wire = await openWebSocket(system.wsPort);
    const { user: name, password = '' } = system.client(user);
    return { wire, phone: new ScriptedPhone(wire, { user: name, password }, `127.0.0.1:${system.wsPort}`) };
  }

  test('a wrong password is refused, the right one registers', async (t) => {
    const { wire, phone } = await newClient('carla');
    t.after(() => wire.close());
    const stranger = new ScriptedPhone(wire, { ...phone.account, password: 'wrong' }, phone.domain);
    assert.equal(statusOf((await stranger.register()).text), 401);
    const { text } = await phone.register();
    assert.equal(statusOf(text), 200);
    assert.equal(uriIn(headerOf(text, 'Contact')), uriIn(phone.contact));
  });

  test('its own OPTIONS is answered, and so is a ping', async () => {
    const { text } = await client.request('OPTIONS', `sip:${client.domain}`);
    assert.equal(statusOf(text), 200);
    assert.match(headerOf(text, 'Allow') ?? '', /INVITE/);
    const { wire, phone } = await newClient('anna');
    const pong = once(wire.socket, 'pong', WAIT());
    wire.socket.ping('are you there');
    const [payload] = (await pong) as [Buffer];
    assert.equal(payload.toString(), 'are you there');
    await phone.close();
  });

  test('it is called, answers, is acknowledged, holds, and hangs up, all over its connection', async () => {
    const call = await ben.call('4020');
    const incoming = await client.nextCall();
    assert.match(incoming.invite.text, new RegExp(`^INVITE ${uriIn(client.contact)?.replaceAll('.', '\\.')} SIP/2.0`));
    assert.match(headerOf(incoming.invite.text, 'Via') ?? '', /^SIP\/2\.0\/WS /);
    assert.match(headerOf(incoming.invite.text, 'Contact') ?? '', /^<sip:4021@127\.0\.0\.1:\d+;transport=ws>/);
    incoming.ring();
    await call.response(180);
    await Promise.all([incoming.connect(), call.answered()]);
    const held = await incoming.reinvite(plainSdp().concat('a=sendonly\r\n'));
    assert.equal(statusOf(held.text), 200);
    const seen = await call.waitForRequest('INVITE');
    assert.match(bodyOf(seen.text), /a=sendonly/);
    assert.equal(statusOf((await incoming.bye()).text), 200);
    await call.waitForRequest('BYE');
  });

  test('it calls a desk phone over UDP, which sees the desk number', async () => {
    const call = await client.call('4021');
    const incoming = await ben.nextCall();
    assert.match(headerOf(incoming.invite.text, 'From') ?? '', /^"Anna Lindner" <sip:4020@/);
    assert.ok(!/\bws\b|invalid|anna-clients/i.test(incoming.invite.text));
    await Promise.all([incoming.connect(), call.answered()]);
    await incoming.bye();
    await call.waitForRequest('BYE');
  });

  test('several clients and the desk phone ring; the first answer ends the ringing of all others', async () => {
    const desk = await cast.scripted(system.desk('4020'));
    const { wire, phone: second } = await newClient('anna');
    await second.register();
    const call = await ben.call('4020');
    const [atDesk, atClient, atSecond] = await Promise.all([desk.nextCall(), client.nextCall(), second.nextCall()]);
    atSecond.answer();
    await call.answered();
    for (const loser of [atDesk, atClient]) {
      assert.match(headerOf((await loser.cancelled()).text, 'Reason') ?? '', /^SIP;cause=200;/);
    }
    await call.bye();
    await atSecond.waitForRequest('BYE');
    await wire.close();
    await cast.deregister(system.desk('4020'));
  });

  test('a client that comes back on a new connection with the same instance replaces its old one', async (t) => {
    const contact = (phone: ScriptedPhone) =>
      `${phone.contact};+sip.instance="<urn:uuid:00000000-0000-4000-8000-000000000001>";reg-id=1`;
    const [old, fresh] = [await newClient('david'), await newClient('david')];
    t.after(() => Promise.all([old.wire.close(), fresh.wire.close()]));
    const headers = ['Supported: path, outbound'];
    await old.phone.register({ contact: contact(old.phone), headers });
    const { text } = await fresh.phone.register({ contact: contact(fresh.phone), headers });
    assert.match(headerOf(text, 'Require') ?? '', /outbound/);
    assert.equal(text.match(/^Contact:/gm)?.length, 1);
    const call = await ben.call('4023');
    const incoming = await fresh.phone.nextCall();
    assert.ok(!old.phone.hasRung);
    call.cancel();
    await incoming.cancelled();
  });

  test('when its connection closes it is gone: nobody is reached', async () => {
    const { wire, phone } = await newClient('david');
    await phone.register();
    await wire.close();
    const { text } = await (await ben.call('4023')).final();
    assert.equal(`${statusOf(text)} ${reasonPhraseOf(text)}`, '480 No device reachable');
  });

  test('a message in a binary frame is read, and a malformed one is answered 400', async (t) => {
    const { wire, phone } = await newClient('anna');
    t.after(() => wire.close());
    const options = `OPTIONS sip:${phone.domain} SIP/2.0\r\nVia: SIP/2.0/WS ${wire.sentBy};branch=z9hG4bKbinary\r\n`;
    const rest =
      'From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: binary\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n\r\n';
    wire.socket.send(Buffer.from(options + rest));
    const isAnswer = (branch: string) => (message: { text: string }) => branchOf(message.text) === branch;
    const answer = await phone.inbox.waitFor('an answer', isAnswer('z9hG4bKbinary'));
    assert.equal(statusOf(answer.text), 200);
    wire.socket.send((options + rest).replace('binary', 'malformed').replace('1 OPTIONS', 'one OPTIONS'));
    const refused = await phone.inbox.waitFor('a refusal', isAnswer('z9hG4bKmalformed'));
    assert.equal(statusOf(refused.text), 400);
    assert.equal(statusOf((await phone.register()).text), 200);
  });

  test('who sends no SIP at all is cut off, and nobody else notices', async () => {
    const { wire } = await newClient('anna');
    const closed = once(wire.socket, 'close', WAIT());
    wire.socket.send('this is no SIP');
    await closed;
    assert.equal(statusOf((await client.request('OPTIONS', `sip:${client.domain}`)).text), 200);
  });

  for (const [name, protocol] of [
    ['without a subprotocol', []],
    ['with another subprotocol', ['xmpp']],
  ] as const) {
    test(`a connection ${name} is refused (RFC 7118 §4.1)`, async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${system.wsPort}/`, [...protocol]);
      const [error] = (await once(socket, 'error', WAIT())) as [Error];
      assert.match(error.message, /400/);
    });
  }
});
