import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SocketEvents } from '../ports.ts';
import { StageClock } from '../testing/stage-clock.ts';
import { type Door, DoorSocket } from './door-socket.ts';

interface Opened {
  readonly uri: string;
  readonly events: SocketEvents;
  isClosed: boolean;
}

function border(doors: readonly Door[]) {
  const clock = new StageClock();
  const opened: Opened[] = [];
  const told: string[] = [];
  const socket = new DoorSocket({
    doors,
    clock,
    random: { fraction: () => 0, octets: () => new Uint8Array() },
    sockets: {
      open: (uri, _protocols, events) => {
        const one: Opened = { uri, events, isClosed: false };
        opened.push(one);
        return {
          send: () => {},
          close: () => {
            one.isClosed = true;
          },
        };
      },
    },
    onClose: () => told.push('close'),
    onBetterDoor: () => told.push('better'),
  });
  socket.onconnect = () => told.push('connect');
  socket.ondisconnect = () => told.push('disconnect');
  const tried = () => opened.map(({ uri }) => new URL(uri).hostname);
  return { socket, clock, opened, told, tried, last: () => opened.at(-1) as Opened };
}

const TWO: Door[] = [
  { uri: 'wss://one.example/', priority: 0 },
  { uri: 'wss://two.example/', priority: 1 },
];

describe('several doors', () => {
  test('the first is shut: the second at once; that one is lost: the first is tried again', () => {
    const { socket, last, told, tried } = border(TWO);
    socket.connect();
    last().events.onClose(1006, '');
    assert.deepEqual([tried(), told], [['one.example', 'two.example'], []]);
    last().events.onOpen();
    assert.deepEqual([told, socket.isConnected()], [['connect'], true]);
    last().events.onClose(1006, '');
    assert.deepEqual(told, ['connect', 'disconnect', 'close']);
    socket.connect();
    assert.deepEqual(tried(), ['one.example', 'two.example', 'one.example']);
  });

  test('all are shut: one try has come to nothing, once', () => {
    const { socket, last, told } = border(TWO);
    socket.connect();
    last().events.onClose(1006, '');
    last().events.onClose(1006, '');
    assert.deepEqual(told, ['disconnect', 'close']);
  });

  test('a door that says nothing is left after 4 s', async () => {
    const { socket, clock, opened, tried, told, last } = border(TWO);
    socket.connect();
    await clock.pass(4_000);
    assert.deepEqual([tried(), opened[0]?.isClosed], [['one.example', 'two.example'], true]);
    last().events.onOpen();
    opened[0]?.events.onOpen();
    opened[0]?.events.onClose(1006, '');
    await clock.pass(10_000);
    assert.deepEqual(told, ['connect']);
  });

  test('on a lesser door a better one is looked for, and told of when it is back', async () => {
    const { socket, clock, last, opened, told, tried } = border(TWO);
    socket.connect();
    last().events.onClose(1006, '');
    last().events.onOpen();
    await clock.pass(120_000);
    assert.equal(tried().at(-1), 'one.example');
    last().events.onClose(1006, '');
    assert.deepEqual([told, socket.isConnected()], [['connect'], true], 'still shut: nothing happens');
    await clock.pass(120_000);
    last().events.onOpen();
    assert.deepEqual([told, opened.at(-1)?.isClosed], [['connect', 'better'], true]);
    socket.connect();
    assert.equal(tried().at(-1), 'one.example');
    last().events.onOpen();
    const count = opened.length;
    await clock.pass(1_000_000);
    assert.equal(opened.length, count, 'there is no better one');
  });

  test('of doors that are as good as each other none is better', async () => {
    const { socket, clock, last, opened } = border(TWO.map((door) => ({ ...door, priority: 3 })));
    socket.connect();
    last().events.onClose(1006, '');
    last().events.onOpen();
    await clock.pass(1_000_000);
    assert.equal(opened.length, 2);
  });

  test('left: nothing is looked for any more', async () => {
    const { socket, clock, last, opened, told } = border(TWO);
    socket.connect();
    last().events.onClose(1006, '');
    last().events.onOpen();
    socket.disconnect();
    await clock.pass(1_000_000);
    assert.deepEqual([opened.length, told], [2, ['connect', 'disconnect']]);
  });
});
