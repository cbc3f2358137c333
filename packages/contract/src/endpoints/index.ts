import { ADMIN_ENDPOINTS } from './admin.ts';
import { BOOK_ENDPOINTS } from './book.ts';
import type { Endpoint } from './endpoint.ts';
import { ME_ENDPOINTS } from './me.ts';
import { SIGN_IN_ENDPOINTS } from './sign-in.ts';
import { SYNC_ENDPOINTS } from './sync.ts';
import { VOICEMAIL_ENDPOINTS } from './voicemail.ts';

/** Every request there is, by name. SCIM 2.0 (RFC 7644) under `/scim/v2` is beside it: its form is that of the RFC. */
export const ENDPOINTS = {
  ...SYNC_ENDPOINTS,
  ...SIGN_IN_ENDPOINTS,
  ...ME_ENDPOINTS,
  ...BOOK_ENDPOINTS,
  ...VOICEMAIL_ENDPOINTS,
  ...ADMIN_ENDPOINTS,
} as const satisfies Readonly<Record<string, Endpoint>>;

export type EndpointName = keyof typeof ENDPOINTS;
