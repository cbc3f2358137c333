import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SocketEvents } from '../ports.ts';
import { StageClock } from '../testing/stage-clock.ts';
import type { Door } from './door-race.ts';
import { DoorSocket } from './door-socket.ts';

interface Opened {
  readonly uri: string;
  readonly events: SocketEvents;
  isClosed: boolean;
}

function border(doors: readonly Door[]) {
  const clock = new StageClock();
  const opened: Opened[] = [];
  const told: string[] = [];
  const sent: string[] = [];
  let answers = true;
  const socket = new DoorSocket({
    doors,
    clock,
    random: { fraction: () => 0, octets: () => new Uint8Array() },
    sockets: {
      open: (uri, _protocols, events) => {
        const one: Opened = { uri, events, isClosed: false };
        opened.push(one);
        return {
          send: (text) => {
            sent.push(text);
            if (answers && text === '\r\n\r\n') queueMicrotask(() => events.onText('\r\n'));
          },
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
  const fallSilent = (): void => {
    answers = false;
  };
  const tried = () => opened.map(({ uri }) => new URL(uri).hostname);
  return { socket, clock, opened, told, sent, tried, fallSilent, last: () => opened.at(-1) as Opened };
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

  test('a door that says nothing has half a second, then the next is tried beside it; the first to open is the only one left', async () => {
    const { socket, clock, opened, tried, told, last } = border(TWO);
    socket.connect();
    await clock.pass(499);
    assert.deepEqual(tried(), ['one.example']);
    await clock.pass(1);
    assert.deepEqual([tried(), opened[0]?.isClosed], [['one.example', 'two.example'], false]);
    last().events.onOpen();
    assert.deepEqual([told, socket.url, opened[0]?.isClosed], [['connect'], 'wss://two.example/', true]);
    // Whatever becomes of the other one is nobody's business.
    opened[0]?.events.onOpen();
    opened[0]?.events.onText('SIP/2.0 200 OK');
    opened[0]?.events.onClose(1006, '');
    await clock.pass(10_000);
    assert.deepEqual([told, socket.isConnected(), opened.length], [['connect'], true, 2]);
  });

  test('a slow first door wins when it opens first, and is waited for longer the next time', async () => {
    const { socket, clock, opened, tried } = border(TWO);
    socket.connect();
    await clock.pass(700);
    opened[0]?.events.onOpen();
    assert.deepEqual([socket.url, opened[1]?.isClosed], ['wss://one.example/', true]);
    socket.connect();
    await clock.pass(1_399);
    assert.deepEqual(tried().slice(2), ['one.example']);
    await clock.pass(1);
    assert.deepEqual(tried().slice(2), ['one.example', 'two.example']);
  });

  test('what was silent comes last the next time, until it has answered', async () => {
    const { socket, clock, opened, tried, told, last } = border(TWO);
    socket.connect();
    await clock.pass(500);
    last().events.onOpen();
    last().events.onClose(1006, '');
    socket.connect();
    assert.equal(tried().at(-1), 'two.example');
    last().events.onOpen();
    await clock.pass(120_000);
    assert.equal(tried().at(-1), 'one.example', 'looked for');
    last().events.onOpen();
    assert.equal(told.at(-1), 'better');
    socket.connect();
    assert.equal(tried().at(-1), 'one.example');
    assert.deepEqual(
      opened.map(({ isClosed }) => isClosed),
      [true, true, true, true, false],
    );
  });

  test('all are silent: each is given up after 15 s, and the try has come to nothing once', async () => {
    const { socket, clock, opened, told } = border(TWO);
    socket.connect();
    await clock.pass(15_400);
    assert.deepEqual([told, socket.isConnecting()], [[], true]);
    await clock.pass(100);
    assert.deepEqual(
      [told, opened.map(({ isClosed }) => isClosed)],
      [
        ['disconnect', 'close'],
        [true, true],
      ],
    );
    assert.equal(socket.isConnecting(), false);
  });

  test('left while doors are being opened: nothing is told, and nothing stays open', async () => {
    const { socket, clock, opened, told } = border(TWO);
    socket.connect();
    await clock.pass(600);
    socket.disconnect();
    for (const { events } of opened) events.onOpen();
    await clock.pass(10_000);
    assert.deepEqual([told, opened.map(({ isClosed }) => isClosed)], [[], [true, true]]);
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

describe('whether anybody is there', () => {
  async function asked() {
    const stage = border(TWO);
    stage.fallSilent();
    const received: string[] = [];
    stage.socket.ondata = (text) => received.push(text);
    stage.socket.connect();
    stage.last().events.onOpen();
    const answer: boolean[] = [];
    void stage.socket.isAnswered().then((isAnswered) => answer.push(isAnswered));
    return { ...stage, received, answer };
  }

  test('line breaks ask for some back, which are no message', async () => {
    const { clock, sent, last, received, answer } = await asked();
    assert.deepEqual(sent, ['\r\n\r\n']);
    last().events.onText('\r\n');
    await clock.pass(0);
    assert.deepEqual([answer, received], [[true], []]);
  });

  test('any message is an answer', async () => {
    const { clock, last, received, answer } = await asked();
    last().events.onText('NOTIFY …');
    await clock.pass(0);
    assert.deepEqual([answer, received], [[true], ['NOTIFY …']]);
  });

  test('nothing for two seconds: nobody', async () => {
    const { clock, answer } = await asked();
    await clock.pass(1_999);
    assert.deepEqual(answer, []);
    await clock.pass(1);
    assert.deepEqual(answer, [false]);
  });

  test('asked every half minute at most; ten seconds without an answer, and the connection is lost', async () => {
    const { socket, clock, sent, told, last, fallSilent } = border(TWO);
    socket.connect();
    last().events.onOpen();
    await clock.pass(23_999);
    assert.deepEqual(sent, []);
    await clock.pass(10_000_000);
    assert.ok(sent.length > 300 && sent.length < 420, `asked ${sent.length} times`);
    assert.deepEqual(told, ['connect']);
    fallSilent();
    await clock.pass(40_000);
    assert.deepEqual([told, socket.isConnected(), last().isClosed], [['connect', 'disconnect', 'close'], false, true]);
    const count = sent.length;
    await clock.pass(100_000);
    assert.equal(sent.length, count, 'nobody is asked any more');
  });

  test('not asked while messages come', async () => {
    const { socket, clock, sent, told, last, fallSilent } = border(TWO);
    fallSilent();
    socket.connect();
    last().events.onOpen();
    for (let round = 0; round < 10; round++) {
      await clock.pass(20_000);
      last().events.onText('NOTIFY …');
    }
    assert.deepEqual([sent, told], [[], ['connect']]);
  });

  test('without a connection, or with one that is shut meanwhile: nobody', async () => {
    assert.equal(await border(TWO).socket.isAnswered(), false);
    const { clock, last, answer } = await asked();
    last().events.onClose(1006, '');
    await clock.pass(0);
    assert.deepEqual(answer, [false]);
  });
});
