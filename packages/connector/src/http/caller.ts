import type { Access, KeyScope } from '@unisono/contract';

/** Who asks, by an API key. */
export interface KeyCaller {
  readonly kind: 'key';
  readonly tenantId: string;
  readonly keyId: string;
  readonly name: string;
  readonly scope: KeyScope;
  /** The phone system, for scope `assistant`. */
  readonly system: string;
}

/** Who asks, signed in. */
export interface SessionCaller {
  readonly kind: 'session';
  readonly tenantId: string;
  readonly userId: string;
  readonly email: string;
  readonly role: string;
  readonly installationId: string;
  readonly sessionHash: string;
  readonly method: string;
  /** Nothing but setting up a second factor is done for this session. */
  readonly isFactorDue: boolean;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export type Caller = KeyCaller | SessionCaller;

/** Which callers an access lets in. */
export type CallerOf<One extends Access> = One extends 'public'
  ? undefined
  : One extends 'session'
    ? SessionCaller
    : One extends 'assistant'
      ? KeyCaller
      : Caller;

/** Whether this caller may use endpoints of that access; `undefined` is nobody. */
export function mayCall(caller: Caller, access: Access | 'scim'): boolean {
  const isAdministrator = caller.kind === 'session' ? caller.role === 'admin' : caller.scope === 'admin';
  switch (access) {
    case 'public':
      return true;
    case 'session':
      return caller.kind === 'session';
    case 'assistant':
      return caller.kind === 'key' && caller.scope === 'assistant';
    case 'scim':
      return caller.kind === 'key' && caller.scope === 'scim';
    case 'directory':
      return isAdministrator || (caller.kind === 'key' && caller.scope === 'directory');
    case 'admin':
      return isAdministrator;
  }
}

/** The caller as the audit log names it. */
export function actorOf(caller: Caller): string {
  return caller.kind === 'key' ? `key ${caller.name} (${caller.keyId})` : `person ${caller.email} (${caller.userId})`;
}
