/** What the API refuses with (RFC 9457). */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly action: string;
  readonly errors?: readonly { code: string; path: string; message: string; hint: string }[];
}

export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

let csrf = '';
let onSignedOut = (): void => {};

export function setSession(token: string, signedOut: () => void): void {
  csrf = token;
  onSignedOut = signedOut;
}

export interface Reply<T> {
  readonly body: T;
  readonly etag: string | undefined;
}

/** Asks the Assistant; throws `Refused`. */
export async function ask<T>(
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply<T>> {
  const isText = typeof body === 'string';
  const content = body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' };
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/${path}`, {
      method,
      headers: { 'x-csrf-token': csrf, ...content, ...headers },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
  } catch {
    throw new Refused({
      code: 'offline',
      status: 0,
      title: '',
      detail: 'The Assistant cannot be reached.',
      action: 'Check whether the system is running and the network works.',
    });
  }
  const text = await answer.text();
  const value: unknown = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
  if (answer.ok) return { body: value as T, etag: answer.headers.get('etag') ?? undefined };
  const problem = value as Problem;
  // A wrong password is refused with 401 too, and ends no session.
  if (problem.code === 'notSignedIn' && path !== 'session') onSignedOut();
  throw new Refused(problem);
}

export async function get<T>(path: string): Promise<T> {
  return (await ask<T>('GET', path)).body;
}

export interface Session {
  readonly name: string;
  readonly role: 'readOnly' | 'helpdesk' | 'admin';
  readonly csrf: string;
  /** A second factor has to be set up before anything else. */
  readonly isFactorDue: boolean;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** Id of the desk station. */
  readonly station?: string;
  readonly number?: string;
  readonly stationState?: string;
  readonly isUnlisted: boolean;
  readonly hasDeskPhone: boolean;
  readonly ufipDevice?: string;
  readonly ufipNumber?: string;
  readonly isDeskRegistered: boolean;
  readonly areClientsRegistered: boolean;
  readonly mailbox: boolean;
  readonly hasMailboxPin: boolean;
  readonly routing: string;
}

/** How far a person is in the directory of the cloud; `noKey`, `noCloud`: nobody can be invited from here. */
export interface Standing {
  readonly access: DirectoryAccess;
  readonly state?: 'absent' | 'uninvited' | 'invited' | 'accepted' | 'off';
  readonly sentAtMs?: number;
  readonly expiresAtMs?: number;
  /** Signing in needs a code beside the password. */
  readonly hasSecondFactor?: boolean;
}

export type DirectoryAccess = 'ready' | 'noKey' | 'noCloud';

/** What came of an invitation; `file` and `link` are there when no mail server carries it. */
export interface Invited {
  readonly state: string;
  readonly expiresAtMs?: number;
  readonly file?: string;
  readonly link?: string;
}

export interface RemovalPreview {
  readonly en: readonly string[];
  readonly de: readonly string[];
  readonly obstacles: readonly { path: string; message: string; hint: string }[];
}

export interface Removed {
  readonly directory: 'removed' | 'absent' | 'pending' | 'noKey' | 'noCloud';
  readonly message?: string;
}

interface Words {
  readonly reason: string;
  readonly action: string;
}

export interface SyncRow {
  readonly class: string;
  readonly code: string;
  readonly name: string;
  readonly email: string;
  readonly user?: string;
  readonly en: Words;
  readonly de: Words;
}

export interface SyncReport {
  readonly id: string;
  readonly trigger: string;
  readonly endedAtMs: number;
  readonly outcome: string;
  readonly message: string;
  readonly uploaded: number;
  readonly withdrawn: number;
  readonly refused: number;
}

export interface LinkStatus {
  readonly isConfigured: boolean;
  readonly state: string;
  readonly over?: string;
  readonly problem?: { readonly message: string };
  readonly nextTryAtMs?: number;
  readonly waitingMessages: number;
  readonly directory: DirectoryAccess;
  readonly departures: readonly { readonly name: string; readonly atMs: number }[];
}

interface Count {
  readonly grantedCount: number;
  readonly usedCount: number;
  readonly freeCount: number;
}

export interface Licences {
  readonly state: string;
  readonly message: string;
  readonly flex: Count;
  readonly unifyPhone: Count;
}

export interface Now {
  readonly contacts: readonly { device: string; userAgent: string; transport: string; address: string }[];
  readonly calls: readonly { id: string; caller: string; callee: string; startedAtMs: number; answeredAtMs?: number }[];
  /** `trunk` is `GROUP/TRUNK`. */
  readonly trunks: readonly {
    trunk: string;
    state: string;
    problem?: { step: string; why: string };
    channelsInUse: number;
  }[];
}
