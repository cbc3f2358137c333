import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryRtpNetwork } from '../../endpoint/memory-network.ts';
import type { RtpSocket } from '../../endpoint/socket.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { ControlClient, type ControlResult, RETRANSMIT_MS } from './control.ts';

const SERVER = { address: '192.0.2.1', port: 2_223 };

function lab() {
  const clock = new VirtualClock();
  const network = new MemoryRtpNetwork(clock, new SeededRandom(1));
  const bind = (address: string, port: number): RtpSocket => {
    const bound = network.bindNow(address, port);
    assert.ok(bound.ok);
    return bound.socket;
  };
  const heard: string[] = [];
  const server = bind(SERVER.address, SERVER.port);
  server.receive((datagram) => heard.push(datagram.toString()));
  const own = bind('192.0.2.2', 0);
  const client = new ControlClient(own, clock, new SeededRandom(2));
  const reply = (text: string, from = server) =>
    from.send(Buffer.from(text), Buffer.byteLength(text), own.port, '192.0.2.2');
  return { clock, network, bind, heard, server, client, reply };
}

function cookieOf(datagram: string | undefined): string {
  return (datagram ?? '').split(' ')[0] ?? '';
}

describe('commands to rtpengine', () => {
  it('a cookie, a space, a dictionary; the reply with that cookie is the result', async () => {
    const { clock, heard, client, reply } = lab();
    const result = client.command(SERVER, 'ping', { 'call-id': 'x' });
    clock.advance(5);
    assert.match(heard[0] ?? '', /^[0-9a-z]+_1 d7:call-id1:x7:command4:pinge$/);
    reply(`${cookieOf(heard[0])} d6:result4:ponge`);
    clock.advance(5);
    assert.deepEqual((await result).ok, true);
    assert.equal(clock.pending, 0);
  });

  it('without a reply the same octets come again, and then it is given up', async () => {
    const { clock, heard, client } = lab();
    const result = client.command(SERVER, 'ping');
    clock.advance((RETRANSMIT_MS.at(-1) ?? 0) + 5);
    assert.equal(heard.length, RETRANSMIT_MS.length);
    assert.equal(new Set(heard).size, 1);
    const { ok, code } = (await result) as ControlResult & { ok: false };
    assert.deepEqual([ok, code], [false, 'silent']);
  });

  it('an error is told with its reason', async () => {
    const { clock, heard, client, reply } = lab();
    const result = client.command(SERVER, 'offer');
    clock.advance(5);
    reply(`${cookieOf(heard[0])} d12:error-reason15:Unknown call-id6:result5:errore`);
    clock.advance(5);
    assert.deepEqual(await result, { ok: false, code: 'refused', reason: 'Unknown call-id' });
  });

  for (const [what, change] of [
    ['from another address', (_: string) => true],
    ['with another cookie', (_: string) => false],
  ] as const) {
    it(`a reply ${what} is nobody's`, async () => {
      const { clock, heard, client, reply, bind } = lab();
      const result = client.command(SERVER, 'ping');
      clock.advance(5);
      const isForeign = change('');
      const text = `${isForeign ? cookieOf(heard[0]) : 'guess_1'} d6:result4:ponge`;
      reply(text, isForeign ? bind('192.0.2.66', SERVER.port) : undefined);
      clock.advance(2_000);
      assert.equal((await result).ok, false);
    });
  }

  it('a reply that cannot be read is an error, and rubbish is nothing', async () => {
    const { clock, heard, client, reply } = lab();
    const result = client.command(SERVER, 'ping');
    clock.advance(5);
    reply('rubbish');
    reply(`${cookieOf(heard[0])} d6:resul`);
    clock.advance(5);
    assert.deepEqual(await result, { ok: false, code: 'refused', reason: 'the reply cannot be read' });
  });

  it('at the end nothing is left over', async () => {
    const { clock, network, client, server } = lab();
    const result = client.command(SERVER, 'ping');
    client.close();
    server.close();
    assert.equal((await result).ok, false);
    clock.advance(10_000);
    assert.deepEqual([clock.pending, network.open], [0, 0]);
  });
});
