import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CONNECTION, Stage } from '../testing/stage.ts';
import { readConferenceInfo } from './conference-info.ts';

interface Shown {
  readonly number: string;
  readonly name?: string;
  readonly role?: string;
  readonly status?: string;
  readonly media?: string;
  readonly parameter?: string;
}

function user({ number, name, role = 'participant', status = 'connected', media = 'sendrecv', parameter = '' }: Shown) {
  const entity = `sip:${number}@example.com${parameter}`;
  return `<user entity="${entity}" state="full">${name === undefined ? '' : `<display-text>${name}</display-text>`}
    <roles><entry>${role}</entry></roles><endpoint entity="${entity}"><status>${status}</status>
    <joining-info><when>2026-11-27T20:00:00.000Z</when></joining-info>
    <media id="1"><type>audio</type><status>${media}</status></media></endpoint></user>`;
}

function info(...users: Shown[]): string {
  return `<?xml version="1.0"?><conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="sip:conference-7@example.com"
    state="full" version="0"><conference-description><display-text>Conference</display-text></conference-description>
    <users>${users.map(user).join('')}</users></conference-info>`;
}

const ADDRESS = 'sip:conference-7@example.com';
const OWN = CONNECTION.desk.number;
const ANNA = { number: OWN, name: 'Anna' };
const BEN = { number: '4021', name: 'Ben &amp; Co' };
const CARLA = { number: '4022', name: 'Carla' };

describe('who is in a conference (RFC 4575)', () => {
  test('names, who is the host, who holds and who is muted', () => {
    const held = { ...BEN, status: 'on-hold' };
    const muted = { number: 'anonymous', media: 'recvonly', parameter: ';member=3' };
    assert.deepEqual(readConferenceInfo(info({ ...ANNA, role: 'host' }, held, muted), OWN), [
      member(`sip:${OWN}@example.com`, ANNA, { isSelf: true, isHost: true }),
      member('sip:4021@example.com', { number: '4021', name: 'Ben & Co' }, { isHeld: true }),
      member('sip:anonymous@example.com;member=3', {}, { isMuted: true }),
    ]);
  });

  test('what is none, or brings entities of its own, is left alone', () => {
    for (const xml of ['', '<conference-info', '<a/>', `<!DOCTYPE x [<!ENTITY y "z">]>${info(ANNA)}`])
      assert.equal(readConferenceInfo(xml, OWN), undefined);
  });
});

function member(id: string, party: object, part: object) {
  const sinceMs = Date.UTC(2026, 10, 27, 20);
  return { id, party, isSelf: false, isHost: false, isHeld: false, isMuted: false, sinceMs, ...part };
}

/** In a call with Ben, who then makes a conference of it. */
async function takenIn() {
  const stage = new Stage();
  const phone = await stage.readyTab();
  const sip = stage.agent.ring({ number: '4021', name: 'Ben Okafor' });
  const callId = phone.getState().calls[0]?.id ?? '';
  await phone.calls.answer(callId);
  await stage.clock.pass(0);
  const call = () => phone.getState().calls.find(({ id }) => id === callId);
  sip.events.onIdentity({ conference: ADDRESS });
  return { stage, phone, sip, callId, call };
}

describe('a call becomes a conference', () => {
  test('it says so, and who is in it, as that changes', async () => {
    const { stage, call } = await takenIn();
    assert.deepEqual([call()?.isConference, call()?.party], [true, {}]);
    assert.ok(stage.agent.did.includes(`follow conference ${ADDRESS}`));
    const names = () => call()?.conference?.members.map(({ party }) => party.name);
    stage.agent.subscriptions.get(ADDRESS)?.(info({ ...BEN, role: 'host' }, ANNA, CARLA));
    assert.deepEqual(names(), ['Ben & Co', 'Anna', 'Carla']);
    assert.equal(call()?.conference?.isHost, false);
    stage.agent.subscriptions.get(ADDRESS)?.(info({ ...ANNA, role: 'host' }, CARLA));
    assert.deepEqual(names(), ['Anna', 'Carla']);
    assert.equal(call()?.conference?.isHost, true, 'the host has left');
  });

  test('with one alone left, the call is with that one', async () => {
    const { sip, call } = await takenIn();
    sip.events.onIdentity({ number: '4022', name: 'Carla Rossi' });
    assert.deepEqual(call()?.party, { number: '4022', name: 'Carla Rossi' });
    assert.equal(call()?.conference?.address, ADDRESS);
    sip.events.onIdentity({ conference: ADDRESS });
    assert.deepEqual(call()?.party, {});
  });

  test('nobody follows it any more when the call has ended', async () => {
    const { stage, phone, callId } = await takenIn();
    await phone.calls.hangUp(callId);
    assert.ok(stage.agent.did.includes(`leave conference ${ADDRESS}`));
  });

  test('the host alone puts somebody out, by REFER with BYE', async () => {
    const { stage, phone, sip, callId } = await takenIn();
    stage.agent.subscriptions.get(ADDRESS)?.(info({ ...BEN, role: 'host' }, ANNA, CARLA));
    const refused = await phone.calls.expel(callId, 'sip:4022@example.com');
    assert.equal(refused.ok ? '' : refused.problem.code, 'refused');
    stage.agent.subscriptions.get(ADDRESS)?.(info({ ...ANNA, role: 'host' }, BEN, CARLA));
    assert.equal((await phone.calls.expel(callId, 'sip:4022@example.com')).ok, true);
    assert.deepEqual(
      sip.did.filter((did) => did.startsWith('refer')),
      ['refer sip:4022@example.com;method=BYE'],
    );
    const gone = await phone.calls.expel(callId, 'sip:4030@example.com');
    assert.equal(gone.ok ? '' : gone.problem.code, 'wrongCallState');
  });
});
