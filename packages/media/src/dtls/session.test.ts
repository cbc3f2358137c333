import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DtlsClient, DtlsServer, HashAlgorithm, SignatureAlgorithm } from 'werift';
import { mutate } from '../testing/mutate.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { createDtlsCertificate, type DtlsCertificate, matchesFingerprint } from './certificate.ts';
import type { DtlsRole } from './key-schedule.ts';
import { dtlsIdOf, saltOctetsOf } from './profiles.ts';
import { RecordType, readRecords } from './records.ts';
import { type DtlsKeys, DtlsSession } from './session.ts';

/** What the wire does to a datagram: what arrives instead of it. */
type Wire = (datagram: Buffer, from: DtlsRole, count: number) => readonly Buffer[];

interface End {
  readonly session: DtlsSession;
  keys: DtlsKeys | undefined;
  failure: string | undefined;
}

const CERTIFICATES = { client: createDtlsCertificate(), server: createDtlsCertificate() };

/** Two sessions on a wire that takes 10 ms. */
class Pair {
  readonly clock = new VirtualClock();
  readonly client: End;
  readonly server: End;
  sent = 0;

  constructor(wire: Wire = (datagram) => [datagram], certificates: Record<DtlsRole, DtlsCertificate> = CERTIFICATES) {
    const end = (role: DtlsRole, other: () => End): End => {
      const made: End = {
        keys: undefined,
        failure: undefined,
        session: new DtlsSession({
          role,
          certificate: certificates[role],
          clock: this.clock,
          send: (datagram) => {
            for (const octets of wire(datagram, role, this.sent++)) {
              const arriving = Buffer.from(octets);
              this.clock.startTimer(10, { onTimer: () => other().session.receive(arriving) }, undefined);
            }
          },
          onConnected: (keys) => {
            made.keys = keys;
          },
          onFailed: (reason) => {
            made.failure = reason;
          },
        }),
      };
      return made;
    };
    this.client = end('client', () => this.server);
    this.server = end('server', () => this.client);
    this.client.session.start();
  }

  run(ms: number): this {
    this.clock.advance(ms);
    return this;
  }

  assertConnected(): void {
    const [client, server] = [this.client, this.server];
    assert.ok(
      client.keys && server.keys,
      `${client.failure ?? client.session.state} ${server.failure ?? server.session.state}`,
    );
    assert.deepEqual([client.keys.local, client.keys.remote], [server.keys.remote, server.keys.local]);
    assert.ok(matchesFingerprint(server.keys.certificate, [CERTIFICATES.client.fingerprint]));
    assert.ok(matchesFingerprint(client.keys.certificate, [CERTIFICATES.server.fingerprint]));
    this.end();
  }

  /** Nothing is left over. */
  end(): void {
    this.client.session.close();
    this.server.session.close();
    this.clock.advance(20);
    assert.equal(this.clock.pending, 0, 'timers');
  }
}

describe('two sessions', () => {
  test('come to the same keys in two round trips, and each sees the certificate of the other', () => {
    const pair = new Pair().run(41);
    assert.equal(pair.client.keys?.profile, 'AES_CM_128_HMAC_SHA1_80');
    pair.assertConnected();
  });

  test('every single datagram may be lost, doubled or late', () => {
    const waits: Record<DtlsRole, Buffer[]> = { client: [], server: [] };
    const harms: readonly (readonly [string, (datagram: Buffer, from: DtlsRole) => readonly Buffer[]])[] = [
      ['lost', () => []],
      ['doubled', (datagram) => [datagram, datagram]],
      [
        'late',
        (datagram, from) => {
          waits[from].push(datagram);
          return [];
        },
      ],
    ];
    for (const [harm, change] of harms) {
      for (let which = 0; which < 5; which++) {
        const pair = new Pair((datagram, from, count) => {
          if (count === which) return change(datagram, from);
          return [datagram, ...waits[from].splice(0)];
        });
        pair.run(3_000);
        assert.ok(pair.client.keys && pair.server.keys, `${harm}: datagram ${which}`);
        pair.assertConnected();
      }
    }
  });

  test('a wire that loses a quarter of all still connects within its time', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new SeededRandom(seed);
      new Pair((datagram) => (random.int(4) === 0 ? [] : [datagram])).run(40_000).assertConnected();
    }
  });

  test('pieces of messages may come in any order, overlapping and twice', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new SeededRandom(seed);
      new Pair((datagram) => shuffled(datagram, random)).run(10_000).assertConnected();
    }
  });

  test('a peer that falls silent is given up after half a minute, without a timer left', () => {
    const pair = new Pair((datagram, _from, count) => (count === 0 ? [datagram] : [])).run(60_000);
    assert.equal(pair.client.failure, 'the peer does not answer any more');
    assert.equal(pair.server.failure, 'the peer does not answer any more');
    assert.equal(pair.clock.pending, 0);
  });
});

/** Cuts each plain handshake record in pieces and mixes all records of the datagram. */
function shuffled(datagram: Buffer, random: SeededRandom): Buffer[] {
  const pieces = readRecords(datagram).flatMap((record) => {
    if (record.type !== RecordType.handshake || record.epoch !== 0) return [Buffer.from(record.octets)];
    const { octets, body } = record;
    const length = body.readUIntBE(1, 3);
    const cut = random.int(length + 1);
    return [
      [0, Math.min(length, cut + random.int(20))],
      [cut, length],
    ].map(([start = 0, end = 0]) => {
      const head = Buffer.from(octets.subarray(0, 25));
      head.writeUInt16BE(12 + end - start, 11);
      head.writeUIntBE(start, 19, 3);
      head.writeUIntBE(end - start, 22, 3);
      return Buffer.concat([head, body.subarray(12 + start, 12 + end)]);
    });
  });
  const order = new Map(pieces.map((piece) => [piece, random.int(1_000)]));
  pieces.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  return random.int(3) === 0 ? [...pieces, ...pieces] : pieces;
}

describe('attacks', () => {
  const thief = createDtlsCertificate();
  /** The certificate of somebody else, seen on the wire, with a key of one's own. */
  const stolen = (of: DtlsCertificate): DtlsCertificate => ({ ...of, privateKeyPem: thief.privateKeyPem });

  for (const role of ['client', 'server'] as const) {
    test(`a ${role} with a copied certificate does not get through`, () => {
      const pair = new Pair(undefined, { ...CERTIFICATES, [role]: stolen(CERTIFICATES[role]) }).run(2_000);
      const victim = role === 'client' ? pair.server : pair.client;
      assert.equal(victim.keys, undefined);
      assert.equal(victim.failure, 'the handshake is not signed with the key of the certificate');
      pair.end();
    });
  }

  for (const [what, type] of [
    ['the hello of the client', 1],
    ['the hello of the server', 2],
    ['the certificate', 11],
    ['the key exchange of the server', 12],
    ['the key exchange of the client', 16],
    ['the signature of the client', 15],
  ] as const) {
    test(`${what} changed on the way: no keys`, () => {
      const pair = new Pair((datagram) => {
        const changed = Buffer.from(datagram);
        for (const record of readRecords(changed)) {
          if (record.type !== RecordType.handshake || record.epoch !== 0 || record.body[0] !== type) continue;
          const at = record.body.length - 1;
          record.body[at] = (record.body[at] as number) ^ 1;
        }
        return [changed];
      }).run(60_000);
      assert.ok(!(pair.client.keys && pair.server.keys), 'not both may be connected');
      assert.ok(pair.client.failure ?? pair.server.failure);
      pair.end();
    });
  }

  test('Finished in the clear is not taken', () => {
    const pair = new Pair((datagram, from) =>
      from === 'client'
        ? readRecords(datagram).map((record) => {
            const octets = Buffer.from(record.octets);
            if (record.epoch === 1) octets.writeUInt16BE(0, 3);
            return octets;
          })
        : [datagram],
    ).run(60_000);
    assert.equal(pair.server.keys, undefined);
    pair.end();
  });

  test('a second key exchange is not taken', () => {
    const other = new Pair().run(1);
    let foreign: Buffer | undefined;
    const pair = new Pair((datagram, from) => {
      const records = readRecords(datagram);
      const exchange = records.find((record) => record.epoch === 0 && record.body[0] === 16);
      if (from !== 'client' || !exchange) return [datagram];
      foreign = Buffer.from(exchange.octets);
      foreign[foreign.length - 1] = (foreign[foreign.length - 1] as number) ^ 1;
      return [datagram.subarray(0, datagram.length), foreign];
    }).run(1_000);
    assert.ok(foreign);
    pair.assertConnected();
    other.end();
  });

  test('damage with a seed: never a throw, never other keys on one side than on the other', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = new SeededRandom(seed);
      const pair = new Pair((datagram) => [random.int(3) === 0 ? mutate(datagram, random) : datagram]).run(40_000);
      const [client, server] = [pair.client.keys, pair.server.keys];
      if (client && server)
        assert.deepEqual([client.local, client.remote], [server.remote, server.local], `seed ${seed}`);
      pair.end();
    }
  });

  test('garbage alone makes no keys and holds little', () => {
    const random = new SeededRandom(5);
    const clock = new VirtualClock();
    let sent = 0;
    const session = new DtlsSession({
      role: 'server',
      certificate: CERTIFICATES.server,
      clock,
      send: () => sent++,
      onConnected: () => assert.fail('connected'),
      onFailed: () => {},
    });
    const seed = Buffer.from(`16feff00000000000000000020010000140000000000000014fefd${'ab'.repeat(18)}`, 'hex');
    for (let i = 0; i < 5_000; i++) session.receive(mutate(seed, random));
    session.close();
    assert.equal(clock.pending, 0);
    assert.ok(sent < 10);
  });
});

describe('with werift at the other end', () => {
  for (const [role, profile] of [
    ['client', 'AES_CM_128_HMAC_SHA1_80'],
    ['server', 'AES_CM_128_HMAC_SHA1_80'],
    ['client', 'AEAD_AES_128_GCM'],
    ['server', 'AEAD_AES_128_GCM'],
  ] as const) {
    test(`as ${role}, ${profile}`, async () => {
      const certificate = CERTIFICATES[role === 'client' ? 'server' : 'client'];
      const transport = {
        type: 'udp',
        address: {} as never,
        closed: false,
        onData: (_octets: Buffer, _from: unknown) => {},
        send: async (octets: Buffer) => void setImmediate(() => session.receive(Buffer.from(octets))),
        close: async () => {},
      };
      const options = {
        cert: certificate.certificatePem,
        key: certificate.privateKeyPem,
        signatureHash: { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
        transport: transport as never,
        srtpProfiles: [dtlsIdOf(profile) as 1 | 7],
        extendedMasterSecret: role === 'client',
      };
      const peer =
        role === 'client' ? new DtlsServer({ ...options, certificateRequest: true }) : new DtlsClient(options);
      const clock = new VirtualClock();
      let session: DtlsSession;
      const keys = await new Promise<DtlsKeys>((resolve, reject) => {
        session = new DtlsSession({
          role,
          certificate: CERTIFICATES[role],
          clock,
          send: (datagram) => void setImmediate(() => transport.onData(Buffer.from(datagram), ['', 0])),
          onConnected: resolve,
          onFailed: (reason) => reject(new Error(reason)),
        });
        if (peer instanceof DtlsClient) void peer.connect();
        else session.start();
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(keys.profile, profile);
      const theirs = peer.extractSessionKeys(16, saltOctetsOf(profile));
      assert.deepEqual([keys.local.key, keys.local.salt], [theirs.remoteKey, theirs.remoteSalt]);
      assert.deepEqual([keys.remote.key, keys.remote.salt], [theirs.localKey, theirs.localSalt]);
    });
  }
});
