import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Change, licenceUse, type SystemData } from '@unisono/pbx';
import { AUXILIARY_PREFIX } from '../simulation/company.ts';
import { Stage } from './stage.ts';

/** Eva has a desk station and no UFIP device. */
const EVAS_DEVICE: Change = {
  kind: 'create',
  list: 'ufipDevices',
  value: {
    id: 'ufip-eva',
    number: '80004024',
    user: 'eva',
    account: { username: 'eva-clients', password: 'eva-secret' },
    gateway: 'gw1',
  },
};

/** The company with so many licences left over. */
function withLicencesLeft(left: { readonly flex?: number; readonly unifyPhone?: number }) {
  return (data: SystemData): SystemData => {
    const flex = left.flex === undefined ? data.licences.flex : data.stations.length + left.flex;
    const used = data.ufipDevices.length;
    const unifyPhone = left.unifyPhone === undefined ? data.licences.unifyPhone : used + left.unifyPhone;
    return { ...data, licences: { flex, unifyPhone } };
  };
}

describe('1. every user of the clients is configured in the PBX with one UFIP device', () => {
  test('clients register with it, and a second one for the same user is refused', () => {
    const { world } = new Stage();
    const second = { ...EVAS_DEVICE, value: { ...(EVAS_DEVICE.value as object), user: 'anna' } } as Change;
    const result = world.system.apply(second);
    assert.equal(result.ok, false);
    assert.match(result.ok ? '' : result.message, /one UFIP device|already/i);
  });

  test('without one there is nothing to register with', () => {
    const { world } = new Stage();
    assert.throws(() => world.client('ufip-eva'));
    assert.deepEqual(world.system.apply(EVAS_DEVICE), { ok: true });
    const client = world.client('ufip-eva');
    client.register();
    world.advance(500);
    assert.equal(client.registerStatus, 200);
  });
});

test('2. that device needs a Unify Phone licence', () => {
  const { world } = new Stage({ adapt: withLicencesLeft({ unifyPhone: 0 }) });
  assert.equal(world.system.apply(EVAS_DEVICE).ok, false);
  const one = new Stage({ adapt: withLicencesLeft({ unifyPhone: 1 }) });
  assert.deepEqual(one.world.system.apply(EVAS_DEVICE), { ok: true });
});

test('3. it takes no Flex licence', () => {
  const { world } = new Stage({ adapt: withLicencesLeft({ flex: 0 }) });
  const before = licenceUse(world.system.current().data).flex.usedCount;
  assert.deepEqual(world.system.apply(EVAS_DEVICE), { ok: true });
  assert.equal(licenceUse(world.system.current().data).flex.usedCount, before);
});

test("4. the user's desk station takes a Flex licence, also when no physical phone exists", () => {
  const station: Change = {
    kind: 'create',
    list: 'stations',
    value: { id: '4040', number: '4040', name: 'No Phone', classOfService: 'office' },
  };
  assert.equal(new Stage({ adapt: withLicencesLeft({ flex: 0 }) }).world.system.apply(station).ok, false);
  assert.deepEqual(new Stage({ adapt: withLicencesLeft({ flex: 1 }) }).world.system.apply(station), { ok: true });
});

describe('5. the UFIP device is auxiliary: a direct call to its number fails', () => {
  test('from a station', () => {
    const stage = new Stage();
    assert.equal(stage.dial(stage.benDesk, '80004020').status, 404);
  });

  test('from a client, its own included', () => {
    const stage = new Stage();
    assert.equal(stage.dial(stage.davidMobile, '80004020').status, 404);
    assert.equal(stage.dial(stage.annaWeb, '80004020').status, 404);
  });

  test('from a trunk', () => {
    const stage = new Stage();
    for (const number of ['80004020', `${AUXILIARY_PREFIX}80004020`]) {
      assert.equal(stage.callFromOutside(number).status, 404, number);
    }
  });

  test('by its outside form, which does not leave over a trunk either', () => {
    const stage = new Stage();
    assert.equal(stage.dial(stage.benDesk, `${AUXILIARY_PREFIX}80004020`).status, 404);
    assert.deepEqual(stage.provider.calls, []);
  });

  test('as the target of a forward', async () => {
    const stage = new Stage();
    const change = { kind: 'userSettings', user: 'anna', settings: { alternativeNumber: '80004023' } } as const;
    assert.equal(stage.world.system.apply(change).ok, false);
    const code = stage.annaDesk.dial('*21*80004023%23');
    await stage.world.pass(500);
    assert.equal(code.status, 403);
  });

  test('as the target of a transfer', () => {
    const stage = new Stage();
    const call = stage.connect(stage.benDesk, '4022', stage.carlaDesk);
    stage.carlaDesk.transfer(call.in, '80004020');
    stage.world.advance(500);
    assert.match(call.in.notified?.at(-1) ?? '', /404/);
    assert.deepEqual(stage.ringing(), []);
  });

  test('exactly as a call to a number that does not exist', () => {
    const stage = new Stage();
    const headers: string[] = [];
    stage.world.wire.listen(({ message, direction }) => {
      if (direction === 'out' && message.kind === 'response' && message.status === 404) {
        headers.push(`${message.reason} ${message.headers.get('Reason')}`);
      }
    });
    stage.dial(stage.benDesk, '80004020');
    stage.dial(stage.benDesk, '80009999');
    assert.equal(headers.length, 2);
    assert.equal(headers[0], headers[1]);
  });
});

test('6. its number appears on no display', () => {
  const stage = new Stage();
  const shown: string[] = [];
  stage.world.wire.listen(({ message, direction, peer, bytes }) => {
    const isClient = [stage.annaWeb.address, stage.annaMobile.address].includes(peer);
    if (direction === 'out' && !isClient && message.kind === 'request')
      shown.push((bytes as Buffer).toString('latin1'));
  });
  const call = stage.connect(stage.annaWeb, '4021', stage.benDesk);
  assert.match(call.in.shownFrom, /"Anna Lindner" <sip:4020@lindner-optik\.example>/);
  stage.annaWeb.hold(call.out, 'sendonly');
  stage.world.advance(500);
  stage.hangUp(stage.annaWeb, call.out);
  stage.dial(stage.annaMobile, '030901820');
  stage.answer(stage.provider);
  assert.ok(shown.length > 4);
  for (const text of shown) assert.doesNotMatch(text, /80004020|anna-clients/);
  assert.doesNotMatch(JSON.stringify([...stage.world.records.closed.values()]), /80004020|anna-clients/);
});

test('7. the clients are reached by calling the desk number', () => {
  const stage = new Stage();
  stage.dial(stage.benDesk, '4020');
  assert.ok(stage.ringing().includes('annaWeb') && stage.ringing().includes('annaMobile'));
  stage.dial(stage.carlaDesk, '4023');
  assert.ok(stage.ringing().includes('davidMobile'));
});

describe('8. the clients are still reached', () => {
  test('when the desk phone is unplugged', () => {
    const stage = new Stage();
    stage.annaDesk.vanish();
    const call = stage.dial(stage.benDesk, '4020');
    assert.deepEqual(stage.ringing(), ['annaMobile', 'annaWeb']);
    stage.answer(stage.annaMobile);
    assert.equal(call.state, 'answered');
  });

  test('when the desk phone is unregistered', () => {
    const stage = new Stage();
    stage.annaDesk.register(0);
    stage.world.advance(500);
    stage.dial(stage.benDesk, '4020');
    assert.deepEqual(stage.ringing(), ['annaMobile', 'annaWeb']);
  });

  test('when the desk station is out of service', () => {
    const stage = new Stage();
    stage.world.system.apply({ kind: 'stationState', station: '4020', state: 'outOfService' });
    stage.dial(stage.benDesk, '4020');
    assert.deepEqual(stage.ringing(), ['annaMobile', 'annaWeb']);
  });
});

describe('9. signed off is another state than out of service', () => {
  test('it is refused for the desk station of a UFIP device', () => {
    const { world } = new Stage();
    const result = world.system.apply({ kind: 'stationState', station: '4020', state: 'signedOff' });
    assert.match(result.ok ? '' : result.message, /signed off/i);
  });

  test('dialling the code at the desk phone is refused too', async () => {
    const stage = new Stage();
    const code = stage.annaDesk.dial('*91%23');
    await stage.world.pass(500);
    assert.equal(code.status, 403);
  });

  test('a signed-off station is not called, and the caller is told why', () => {
    const stage = new Stage();
    const reasons: string[] = [];
    stage.world.wire.listen(({ message }) => {
      if (message.kind === 'response' && message.status === 480) reasons.push(message.headers.get('Reason') ?? '');
    });
    assert.equal(stage.dial(stage.benDesk, '4030').status, 480);
    assert.match(reasons[0] ?? '', /signed off/i);
  });

  test('a signed-off station calls nobody but emergency numbers, and may sign on again', async () => {
    const stage = new Stage();
    const phone = stage.world.deskPhone('4030');
    phone.register();
    stage.world.advance(500);
    assert.equal(stage.dial(phone, '4021').status, 403);
    stage.dial(phone, '112');
    assert.deepEqual(stage.ringing(), ['provider']);
    const code = phone.dial('%2391%23');
    await stage.world.pass(500);
    assert.equal(code.state, 'answered');
    assert.equal(stage.world.system.current().stations.get('4030')?.state, 'inService');
  });
});
