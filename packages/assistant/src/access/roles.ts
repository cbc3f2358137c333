/** What an administrator may do. Each role may do what the ones before it may. */
export const ROLES = ['readOnly', 'helpdesk', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export function mayActAs(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** Who does something. */
export interface Actor {
  readonly kind: 'administrator' | 'token' | 'system';
  readonly id: string;
  /** As it stands in the audit log: `anna`, `token:backup`, `sync`. */
  readonly name: string;
  readonly role: Role;
}

/** The Assistant itself, when it synchronises or keeps house. */
export const SYSTEM_ACTOR: Actor = { kind: 'system', id: 'system', name: 'system', role: 'admin' };
