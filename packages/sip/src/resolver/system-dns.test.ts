import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { type TestContext, test } from 'node:test';
import { SystemDns } from './system-dns.ts';

/** A DNS server on loopback with one canned answer section; the question is copied. */
async function serve(t: TestContext, answer: (type: number) => { count: number; rcode: number; records: Buffer }) {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const questionEnd = query.indexOf(0, 12) + 5;
    const { count, rcode, records } = answer(query.readUInt16BE(questionEnd - 4));
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8180 | rcode, 2);
    header.writeUInt16BE(count, 6);
    header.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([header, query.subarray(12, questionEnd), records]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  t.after(() => socket.close());
  return new SystemDns({ servers: [`127.0.0.1:${socket.address().port}`] });
}

/** A record for the name of the question. */
function record(type: number, ttlSec: number, data: Buffer): Buffer {
  const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(ttlSec, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

const name = (text: string) =>
  Buffer.concat([
    ...text.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.alloc(1),
  ]);
const string = (text: string) => Buffer.from([text.length, ...Buffer.from(text)]);

test('addresses come with the least time to live', async (t) => {
  const dns = await serve(t, () => ({
    count: 2,
    rcode: 0,
    records: Buffer.concat([record(1, 300, Buffer.from([192, 0, 2, 1])), record(1, 20, Buffer.from([192, 0, 2, 2]))]),
  }));
  assert.deepEqual(await dns.a('host.example.com'), { records: ['192.0.2.1', '192.0.2.2'], ttlSec: 20 });
});

test('SRV and NAPTR records are read', async (t) => {
  const srv = Buffer.concat([Buffer.from([0, 1, 0, 2, 0x13, 0xc4]), name('one.example.com')]);
  const naptr = Buffer.concat([
    Buffer.from([0, 10, 0, 50]),
    string('s'),
    string('SIP+D2U'),
    string(''),
    name('_sip._udp.example.com'),
  ]);
  const dns = await serve(t, (type) => ({
    count: 1,
    rcode: 0,
    records: type === 33 ? record(33, 60, srv) : record(35, 60, naptr),
  }));
  assert.deepEqual((await dns.srv('_sip._udp.example.com')).records, [
    { priority: 1, weight: 2, port: 5060, target: 'one.example.com' },
  ]);
  const [found] = (await dns.naptr('example.com')).records;
  assert.deepEqual(
    [found?.order, found?.preference, found?.flags, found?.service, found?.replacement],
    [10, 50, 's', 'SIP+D2U', '_sip._udp.example.com'],
  );
});

test('a name without records is an answer, a server that fails is trouble', async (t) => {
  const nothing = await serve(t, () => ({ count: 0, rcode: 3, records: Buffer.alloc(0) }));
  assert.deepEqual(await nothing.srv('_sip._udp.example.com'), { records: [], ttlSec: 30 });
  const failing = await serve(t, () => ({ count: 0, rcode: 2, records: Buffer.alloc(0) }));
  assert.equal((await failing.naptr('example.com')).trouble, 'ESERVFAIL');
});

test('names of the hosts file have addresses', async (t) => {
  const dns = await serve(t, () => ({ count: 0, rcode: 3, records: Buffer.alloc(0) }));
  assert.ok((await dns.a('localhost')).records.includes('127.0.0.1'));
});
