import type { ENDPOINTS, ReplyOf } from '../contract-types.ts';
import { DONE, done, failed, type Outcome } from '../outcome.ts';
import type { SignInCommands } from '../phone.ts';
import type { HttpPort, PhoneClock, PhoneRandom } from '../ports.ts';
import type { Api } from './api.ts';
import { base64url, type Kept } from './kept.ts';

type Session = ReplyOf<typeof ENDPOINTS.signInWithPassword>;

export interface SignInDeskPorts {
  readonly api: Api;
  readonly kept: Kept;
  readonly clock: PhoneClock;
  readonly random: PhoneRandom;
  readonly http: Pick<HttpPort, 'sha256'>;
  /** What the devices page shows: `Chromium on Linux`. */
  readonly deviceName: string;
  readonly platform: 'web' | 'android' | 'ios' | 'desktop' | 'other';
  readonly onSignedIn: () => void;
  readonly onSignOut: () => Promise<void>;
}

const PAIRING_LOOK_MS = 1_500;

/** Every way in, and out. */
export function signInDesk(ports: SignInDeskPorts): SignInCommands {
  const { api, kept, clock, random, http } = ports;
  const installation = () => {
    const { installationId } = kept.installation();
    const { deviceName: name, platform } = ports;
    return { name, platform, ...(installationId === undefined ? {} : { id: installationId }) };
  };
  const signedIn = (outcome: Outcome<Session>): Outcome => {
    if (!outcome.ok) return outcome;
    const { token, installationId, userId, tenant, expiresAtMs } = outcome.value;
    kept.forget();
    kept.keepSession({ token, installationId, userId, tenant, expiresAtMs, startedAtMs: clock.nowMs() });
    ports.onSignedIn();
    return DONE;
  };
  return {
    findTenants: async (email) => {
      const found = await api.ask('findTenants', { body: { email } });
      return found.ok ? done(found.value.tenants) : found;
    },
    methods: (tenant) => api.ask('signInMethods', { params: { tenant } }),
    withPassword: async (given) =>
      signedIn(await api.ask('signInWithPassword', { body: { ...given, installation: installation() } })),
    startOidc: async (given) => {
      const proof = base64url(random.octets(32));
      const binding = base64url(await http.sha256(proof));
      kept.keepOidcProof(proof);
      return api.ask('startOidc', { body: { ...given, binding, installation: installation() } });
    },
    finishOidc: async (callbackUrl) => {
      const proof = kept.takeOidcProof();
      if (proof === undefined) return failed('expired', 'This sign-in was not begun here.');
      return signedIn(await api.ask('finishOidc', { body: { callbackUrl, proof } }));
    },
    withPairingCode: async (code) => {
      const claimed = await api.ask('claimPairing', { body: { code, installation: installation() } });
      if (!claimed.ok) return claimed;
      const { pairingId, claim, expiresAtMs } = claimed.value;
      while (clock.nowMs() < expiresAtMs) {
        const finished = await api.ask('finishPairing', { body: { pairingId, claim } });
        if (!finished.ok && finished.problem.code !== 'cloudUnreachable') return finished;
        if (finished.ok) {
          const { state, session } = finished.value;
          if (session !== undefined) return signedIn(done(session));
          if (state === 'refused') return failed('refused', 'The other device did not let this one in.');
        }
        await new Promise<void>((resolve) => {
          clock.after(PAIRING_LOOK_MS, resolve);
        });
      }
      return failed('expired', 'The code is too old.');
    },
    lookAtLink: (token) => api.ask('lookAtMailedToken', { body: { token } }),
    useLink: async (token, password) =>
      signedIn(await api.ask('useMailedToken', { body: { token, password, installation: installation() } })),
    forgotPassword: async (tenant, email) => {
      const sent = await api.ask('forgotPassword', { body: { tenant, email } });
      return sent.ok ? DONE : sent;
    },
    signOut: async () => {
      const ended = await api.ask('signOut');
      // Nothing stays here, whether the Connector heard of it or not; there the session ends by itself.
      await ports.onSignOut();
      return ended.ok || ended.problem.code === 'notSignedIn' ? DONE : ended;
    },
  };
}
