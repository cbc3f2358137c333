import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDtlsCertificate, type DtlsCertificate, matchesFingerprint } from './certificate.ts';
import { type DtlsKeys, DtlsSession } from './session.ts';

interface End {
  readonly session: DtlsSession;
  readonly keys: Promise<DtlsKeys>;
}

/** Two sessions joined by a wire that may change, drop or repeat datagrams. */
function join(
  certificates: { client: DtlsCertificate; server: DtlsCertificate },
  wire: (datagram: Buffer, from: 'client' | 'server') => readonly Buffer[] = (datagram) => [datagram],
) {
  const end = (role: 'client' | 'server', other: () => End): End => {
    let session: DtlsSession | undefined;
    const keys = new Promise<DtlsKeys>((resolve, reject) => {
      session = new DtlsSession({
        role,
        certificate: certificates[role],
        nowMs: () => performance.now(),
        send: (datagram) => {
          for (const copy of wire(datagram, role)) setImmediate(() => other().session.receive(Buffer.from(copy)));
        },
        onConnected: resolve,
        onFailed: (reason) => reject(new Error(reason)),
      });
    });
    keys.catch(() => {});
    return { session: session as DtlsSession, keys };
  };
  const client: End = end('client', () => server);
  const server: End = end('server', () => client);
  client.session.start();
  return { client, server };
}

const certificates = { client: createDtlsCertificate(), server: createDtlsCertificate() };

test('both roles come to the same keys and each sees the certificate of the other', async () => {
  const { client, server } = join(certificates);
  const [ofClient, ofServer] = await Promise.all([client.keys, server.keys]);
  assert.equal(ofClient.profile, 'AEAD_AES_128_GCM');
  assert.deepEqual(ofClient.local, ofServer.remote);
  assert.deepEqual(ofClient.remote, ofServer.local);
  assert.ok(matchesFingerprint(ofServer.certificate, [certificates.client.fingerprint]));
  assert.ok(matchesFingerprint(ofClient.certificate, [certificates.server.fingerprint]));
  assert.ok(!matchesFingerprint(ofClient.certificate, [certificates.client.fingerprint]));
  client.session.close();
  server.session.close();
});
