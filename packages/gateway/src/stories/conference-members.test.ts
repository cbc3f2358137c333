import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SipMessage } from '@unisono/sip';
import { DIRECT_PREFIX } from '../simulation/company.ts';
import type { PhoneCall } from '../simulation/phone.ts';
import { Stage } from './stage.ts';

/** The last header of that name that the gateway sent to the phone in the call. */
function lastHeader(stage: Stage, call: PhoneCall, name: string): string | undefined {
  const { callId, remoteTag } = call.session?.dialog ?? {};
  const isToPhone = ({ callId: id, from, to }: SipMessage) => id === callId && [from.tag, to.tag].includes(remoteTag);
  const sent = stage.world.wire.kept.filter(({ direction, message }) => direction === 'out' && isToPhone(message));
  return sent.findLast(({ message }) => message.headers.has(name))?.message.headers.get(name);
}

/** What the display names, without domain and, where it is a conference, without what makes its address unique. */
function display(stage: Stage, call: PhoneCall): string | undefined {
  const asserted = lastHeader(stage, call, 'P-Asserted-Identity');
  return asserted
    ?.replace(/conference-[0-9a-f]+/, 'conference')
    .replace(/@.*$/, '')
    .replace(/"/g, '');
}

function addressOf(stage: Stage, call: PhoneCall): string {
  return /sip:(conference-[0-9a-f]{16})@/.exec(lastHeader(stage, call, 'P-Asserted-Identity') ?? '')?.[1] ?? '';
}

/** Anna talks with Ben, holds, talks with Carla, and makes a conference of both. */
async function merged(stage = new Stage(), ben = stage.benDesk) {
  const withBen = stage.connect(stage.annaWeb, '4021', ben);
  stage.annaWeb.hold(withBen.out, 'sendonly');
  stage.world.advance(300);
  const withCarla = stage.connect(stage.annaWeb, '4022', stage.carlaDesk);
  const atAnna = stage.annaWeb.dial('conference');
  await stage.world.pass(500);
  stage.annaWeb.merge(atAnna, withBen.out, '4021');
  stage.annaWeb.merge(atAnna, withCarla.out, '4022');
  await stage.world.pass(1_000);
  const [atBen, atCarla] = [withBen.in, withCarla.in];
  return { stage, atAnna, atBen, atCarla };
}

const CONFERENCE = 'Conference <sip:conference';

describe('what displays name', () => {
  test('everybody sees that it is a conference, by name and by a focus in Contact', async () => {
    const { stage, atAnna, atBen, atCarla } = await merged();
    for (const call of [atAnna, atBen, atCarla]) {
      assert.equal(display(stage, call), CONFERENCE);
      assert.match(lastHeader(stage, call, 'Contact') ?? '', /^<sip:conference-[0-9a-f]+@.*>;isfocus$/);
    }
    assert.equal(new Set([atAnna, atBen, atCarla].map((call) => addressOf(stage, call))).size, 1);
  });

  test('two are left, whoever left: each sees the other', async () => {
    const { stage, atAnna, atBen, atCarla } = await merged();
    stage.annaWeb.hangUp(atAnna);
    await stage.world.pass(500);
    assert.equal(display(stage, atBen), 'Carla Rossi <sip:4022');
    assert.equal(display(stage, atCarla), 'Ben Okafor <sip:4021');
    const other = await merged();
    other.stage.carlaDesk.hangUp(other.atCarla);
    await other.stage.world.pass(500);
    assert.equal(display(other.stage, other.atAnna), 'Ben Okafor <sip:4021');
    assert.match(display(other.stage, other.atBen) ?? '', /^Anna \S+ <sip:4020$/);
  });

  test('somebody comes to the two who were left: it is a conference again', async () => {
    const { stage, atAnna, atBen, atCarla } = await merged();
    stage.carlaDesk.hangUp(atCarla);
    await stage.world.pass(500);
    const again = stage.connect(stage.annaWeb, '4022', stage.carlaDesk);
    stage.annaWeb.merge(atAnna, again.out, '4022');
    await stage.world.pass(1_000);
    for (const call of [atAnna, atBen, again.in]) assert.equal(display(stage, call), CONFERENCE);
  });

  test('a phone that knows no UPDATE is told by a re-INVITE that changes nothing else', async () => {
    const stage = new Stage();
    const methods = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'INFO', 'NOTIFY'];
    const ben = stage.world.client('ufip-ben', 'udp', { methods });
    ben.register();
    stage.world.advance(500);
    const { atAnna, atBen } = await merged(stage, ben);
    const remote = atBen.media.remote;
    stage.annaWeb.hangUp(atAnna);
    await stage.world.pass(500);
    assert.equal(display(stage, atBen), 'Carla Rossi <sip:4022');
    assert.equal(atBen.media.remote, remote);
    const updates = stage.world.wire.kept.filter(({ message: { cseq } }) => cseq.method === 'UPDATE');
    assert.ok(updates.every(({ message }) => message.callId !== atBen.session?.dialog.callId));
  });

  test('somebody outside sees no address of ours, and is seen with the number', async () => {
    const stage = new Stage();
    const fromOutside = stage.callFromOutside(`${DIRECT_PREFIX}4020`);
    const atAnna = stage.answer(stage.annaWeb);
    const before = display(stage, fromOutside);
    stage.annaWeb.hold(atAnna, 'sendonly');
    stage.world.advance(300);
    const withCarla = stage.connect(stage.annaWeb, '4022', stage.carlaDesk);
    const conference = stage.annaWeb.dial('conference');
    await stage.world.pass(500);
    stage.annaWeb.merge(conference, atAnna, '4020');
    stage.annaWeb.merge(conference, withCarla.out, '4022');
    await stage.world.pass(1_000);
    assert.equal(display(stage, fromOutside), before);
    assert.doesNotMatch(lastHeader(stage, fromOutside, 'Contact') ?? '', /isfocus/);
    const watch = stage.carlaDesk.watchConference(addressOf(stage, withCarla.in));
    await stage.world.pass(500);
    assert.match(watch.documents.at(-1) ?? '', /entity="sip:\+4930901820@/);
    stage.annaWeb.hangUp(conference);
    await stage.world.pass(500);
    assert.match(display(stage, withCarla.in) ?? '', /<sip:\+4930901820$/);
    stage.carlaDesk.hangUp(withCarla.in);
    await stage.world.pass(500);
    assert.equal(fromOutside.state, 'ended');
  });

  test('nobody outside talks on when the last inside party has left', async () => {
    const stage = new Stage();
    const calls: PhoneCall[] = [];
    const atAnna: PhoneCall[] = [];
    for (let index = 0; index < 2; index++) {
      calls.push(stage.callFromOutside(`${DIRECT_PREFIX}4020`));
      const call = stage.answer(stage.annaWeb);
      atAnna.push(call);
      stage.annaWeb.hold(call, 'sendonly');
      stage.world.advance(300);
    }
    const conference = stage.annaWeb.dial('conference');
    await stage.world.pass(500);
    for (const call of atAnna) stage.annaWeb.merge(conference, call, '4020');
    await stage.world.pass(1_000);
    for (const call of calls) assert.equal(call.state, 'answered');
    stage.annaWeb.hangUp(conference);
    await stage.world.pass(500);
    for (const call of calls) assert.equal(call.state, 'ended');
    assert.equal(stage.world.gateway.snapshot().conferences, 0);
  });
});

describe('who is in it (RFC 4575)', () => {
  test('those who are in it hear who comes, goes, holds and mutes, and who is the host', async () => {
    const { stage, atAnna, atBen, atCarla } = await merged();
    const watch = stage.carlaDesk.watchConference(addressOf(stage, atCarla));
    await stage.world.pass(500);
    const anna = watch.members[0]?.replace('*', '') ?? '';
    assert.match(anna, /^Anna /);
    assert.deepEqual(watch.members, [`${anna}*`, 'Ben Okafor', 'Carla Rossi']);
    stage.benDesk.hold(atBen, 'sendonly');
    await stage.world.pass(500);
    assert.deepEqual(watch.members, [`${anna}*`, '(Ben Okafor)', 'Carla Rossi']);
    stage.benDesk.hold(atBen, 'sendrecv');
    stage.annaWeb.tellMicrophone(atAnna, 'muted', () => {});
    await stage.world.pass(500);
    assert.deepEqual(watch.members, [`${anna.toLowerCase()}*`, 'Ben Okafor', 'Carla Rossi']);
    stage.annaWeb.hangUp(atAnna);
    await stage.world.pass(500);
    assert.deepEqual(watch.members, ['Ben Okafor*', 'Carla Rossi'], 'who has been in for longest is the host');
    stage.benDesk.hangUp(atBen);
    await stage.world.pass(500);
    assert.equal(atCarla.state, 'ended');
    assert.ok(watch.end);
    assert.deepEqual(watch.faults, []);
  });

  test('each member is there with number and since when; no auxiliary number is', async () => {
    const { stage, atBen } = await merged();
    const watch = stage.benDesk.watchConference(addressOf(stage, atBen));
    await stage.world.pass(500);
    const xml = watch.documents[0] ?? '';
    const entities = [...xml.matchAll(/<user entity="sip:([^@"]*)@/g)].map(([, user]) => user);
    assert.deepEqual(entities, ['4020', '4021', '4022']);
    assert.equal([...xml.matchAll(/<when>\d{4}-\d\d-\d\dT[\d:.]+Z<\/when>/g)].length, 3);
    assert.match(xml, /<user-count>3<\/user-count>/);
    const { ufipDevices } = stage.world.gateway.services.system();
    for (const { number } of ufipDevices.values()) assert.ok(!xml.includes(number), number);
  });

  test('nobody else hears of it', async () => {
    const { stage, atBen } = await merged();
    const [ofDavid, ofNothing] = [
      stage.davidMobile.watchConference(addressOf(stage, atBen)),
      stage.benDesk.watchConference('conference-0123456789abcdef'),
    ];
    await stage.world.pass(500);
    for (const watch of [ofDavid, ofNothing]) {
      assert.equal(watch.documents.length, 0);
      assert.ok(watch.end);
    }
  });
});

describe('the host puts somebody out (RFC 4579, REFER with BYE)', () => {
  test('that party is hung up with the reason; the two who are left see each other', async () => {
    const { stage, atAnna, atBen, atCarla } = await merged();
    stage.annaWeb.expel(atAnna, '4022');
    await stage.world.pass(500);
    assert.equal(atAnna.referStatus, 202);
    assert.match(atAnna.notified?.at(-1) ?? '', /200/);
    assert.equal(atCarla.state, 'ended');
    assert.match(atCarla.endReason ?? '', /Removed from the conference/);
    assert.match(display(stage, atBen) ?? '', /<sip:4020$/);
    assert.equal(display(stage, atAnna), 'Ben Okafor <sip:4021');
  });

  test('nobody else may; who is not in cannot be put out', async () => {
    const { stage, atAnna, atBen, atCarla } = await merged();
    stage.benDesk.expel(atBen, '4022');
    stage.annaWeb.expel(atAnna, '4030');
    await stage.world.pass(500);
    assert.equal(atBen.referStatus, 603);
    assert.equal(atAnna.referStatus, 404);
    assert.equal(atCarla.state, 'answered');
  });

  test('the host has left: who is the host now takes in and puts out', async () => {
    const { stage, atAnna, atBen, atCarla } = await merged();
    const withDavid = stage.connect(stage.benDesk, '4023', stage.davidMobile);
    stage.annaWeb.hangUp(atAnna);
    await stage.world.pass(500);
    stage.benDesk.merge(atBen, withDavid.out, '4023');
    await stage.world.pass(1_000);
    assert.equal(display(stage, withDavid.in), CONFERENCE);
    assert.equal(withDavid.out.state, 'ended');
    stage.benDesk.expel(atBen, '4022');
    await stage.world.pass(500);
    assert.equal(atCarla.state, 'ended');
    assert.match(display(stage, withDavid.in) ?? '', /^Ben Okafor/);
  });
});
