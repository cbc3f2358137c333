import type { ClientConnection } from '../contract-types.ts';
import type { PhoneRandom, PhoneStorage } from '../ports.ts';

/** A session as it is kept. */
export interface KeptSession {
  readonly token: string;
  readonly installationId: string;
  readonly userId: string;
  readonly tenant: string;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
}

/** This installation: the id that the Connector gave, and the instance id of its registrations (RFC 5626). */
export interface KeptInstallation {
  readonly instanceId: string;
  readonly installationId?: string;
}

const NAMES = {
  session: 'unisono.session',
  connection: 'unisono.connection',
  installation: 'unisono.installation',
  oidcProof: 'unisono.oidcProof',
  spokenCalls: 'unisono.spokenCalls',
} as const;

/** What outlives the page. The session goes with the sign-out, the installation stays. */
export class Kept {
  readonly #storage: PhoneStorage;
  readonly #random: PhoneRandom;

  constructor(storage: PhoneStorage, random: PhoneRandom) {
    this.#storage = storage;
    this.#random = random;
  }

  session(): KeptSession | undefined {
    const kept = this.#read<KeptSession>(NAMES.session);
    return typeof kept?.token === 'string' && typeof kept.expiresAtMs === 'number' ? kept : undefined;
  }

  keepSession(session: KeptSession): void {
    this.#write(NAMES.session, session);
    this.#write(NAMES.installation, { ...this.installation(), installationId: session.installationId });
  }

  connection(): ClientConnection | undefined {
    const kept = this.#read<ClientConnection>(NAMES.connection);
    return typeof kept?.sip?.username === 'string' && Array.isArray(kept.sbc) ? kept : undefined;
  }

  keepConnection(connection: ClientConnection | undefined): void {
    if (connection === undefined) this.#storage.remove(NAMES.connection);
    else this.#write(NAMES.connection, connection);
  }

  /** Made when it is asked for the first time. */
  installation(): KeptInstallation {
    const kept = this.#read<KeptInstallation>(NAMES.installation);
    if (typeof kept?.instanceId === 'string') return kept;
    const made = { instanceId: uuid(this.#random) };
    this.#write(NAMES.installation, made);
    return made;
  }

  keepOidcProof(proof: string): void {
    this.#storage.set(NAMES.oidcProof, proof);
  }

  takeOidcProof(): string | undefined {
    const proof = this.#storage.get(NAMES.oidcProof);
    this.#storage.remove(NAMES.oidcProof);
    return proof;
  }

  /** Call-IDs of the calls that this page speaks in, for the page after it. */
  keepSpokenCalls(callIds: readonly string[]): void {
    if (callIds.length === 0) this.#storage.remove(NAMES.spokenCalls);
    else this.#write(NAMES.spokenCalls, callIds);
  }

  takeSpokenCalls(): readonly string[] {
    const kept = this.#read<unknown>(NAMES.spokenCalls);
    this.#storage.remove(NAMES.spokenCalls);
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
  }

  forget(): void {
    this.#storage.remove(NAMES.spokenCalls);
    this.#storage.remove(NAMES.session);
    this.#storage.remove(NAMES.connection);
  }

  #read<T>(name: string): T | undefined {
    const text = this.#storage.get(name);
    if (text === undefined) return undefined;
    try {
      return (JSON.parse(text) ?? undefined) as T | undefined;
    } catch {
      return undefined;
    }
  }

  #write(name: string, value: unknown): void {
    this.#storage.set(name, JSON.stringify(value));
  }
}

/** RFC 9562, version 4. */
export function uuid(random: PhoneRandom): string {
  const octets = random.octets(16);
  octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x40;
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function base64url(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
