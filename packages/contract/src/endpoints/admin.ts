import { z } from 'zod';
import {
  apiKey,
  apiKeyCreated,
  auditPage,
  importReport,
  keyRotation,
  ldapSource,
  ldapSourceWrite,
  newApiKey,
  oidcProvider,
  oidcProviderWrite,
  tenantPatch,
  tenantView,
  userPage,
} from '../clients/admin.ts';
import { contact } from '../clients/book.ts';
import { personDevice } from '../clients/sign-in.ts';
import { directoryUser, invitationSent, newUser, userPatch } from '../people/user.ts';
import { cursor, id, pageSize } from '../values/scalars.ts';
import { API_PREFIX } from '../values/version.ts';
import { endpoint } from './endpoint.ts';

const at = (path: string) => `${API_PREFIX}/admin${path}` as const;
const userParams = z.object({ userId: id });
const ifMatch = z.object({ 'if-match': z.string().max(64).optional() });
const yesOrNo = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');
const importQuery = z.object({ dryRun: yesOrNo, skipErrors: yesOrNo });

const people = { access: 'directory', group: 'People' } as const;
const administration = { access: 'admin', group: 'Administration' } as const;

/** Administration of one tenant: its people, keys, providers, contacts, audit log. */
export const ADMIN_ENDPOINTS = {
  listUsers: endpoint({
    ...people,
    method: 'GET',
    path: at('/users'),
    about: 'The people of the tenant by address; `q` is part of a name or address.',
    query: z.object({ cursor: cursor.optional(), limit: pageSize(100, 500), q: z.string().max(100).optional() }),
    replies: { 200: userPage },
  }),
  createUser: endpoint({
    ...people,
    method: 'POST',
    path: at('/users'),
    about: 'A new person, invited by e-mail unless `invite` is false.',
    body: newUser,
    replies: { 201: directoryUser },
    problems: ['emailTaken'],
  }),
  user: endpoint({
    ...people,
    method: 'GET',
    path: at('/users/:userId'),
    about: 'One person.',
    params: userParams,
    replies: { 200: directoryUser },
  }),
  changeUser: endpoint({
    ...people,
    method: 'PATCH',
    path: at('/users/:userId'),
    about: 'Changes what is given. With If-Match only if nobody has changed it since.',
    params: userParams,
    headers: ifMatch,
    body: userPatch,
    replies: { 200: directoryUser },
    problems: ['emailTaken', 'preconditionFailed'],
  }),
  deleteUser: endpoint({
    ...people,
    method: 'DELETE',
    path: at('/users/:userId'),
    about: 'Takes a person out. The profile is kept for 90 days for the records, and then erased.',
    params: userParams,
    headers: ifMatch,
    replies: { 204: null },
    problems: ['preconditionFailed'],
  }),
  inviteUser: endpoint({
    ...people,
    method: 'POST',
    path: at('/users/:userId/invitation'),
    about: 'Sends the invitation (again); earlier links end.',
    params: userParams,
    replies: { 202: invitationSent },
    problems: ['accountDisabled', 'upstream'],
  }),
  resetTotp: endpoint({
    ...people,
    method: 'DELETE',
    path: at('/users/:userId/second-factor'),
    about:
      'Takes away the second factor of a person who has lost it, and ends every session. Where the tenant wants one they set up another at the next sign-in.',
    params: userParams,
    replies: { 204: null },
  }),
  signOutUser: endpoint({
    ...people,
    method: 'DELETE',
    path: at('/users/:userId/sessions'),
    about: 'Ends every session of a person.',
    params: userParams,
    replies: { 204: null },
  }),
  userDevices: endpoint({
    ...people,
    method: 'GET',
    path: at('/users/:userId/devices'),
    about: 'Where a person is signed in, the latest seen first.',
    params: userParams,
    replies: { 200: z.object({ devices: z.array(personDevice) }) },
  }),
  signOutUserDevice: endpoint({
    ...people,
    method: 'DELETE',
    path: at('/users/:userId/devices/:installationId'),
    about: 'Signs one device of a person out; its credentials are taken back at the phone system.',
    params: userParams.extend({ installationId: id }),
    replies: { 204: null },
  }),
  resetUserPassword: endpoint({
    ...people,
    method: 'POST',
    path: at('/users/:userId/password-reset'),
    about:
      'Mails a link for a new password; earlier links end. The password of now stays until the link is used, which ends all sessions.',
    params: userParams,
    replies: { 202: invitationSent },
    problems: ['accountDisabled', 'conflict', 'upstream'],
  }),
  importUsers: endpoint({
    ...people,
    method: 'POST',
    path: at('/users/import'),
    about:
      'People from CSV (RFC 4180): columns email, firstName, lastName, phone, language, externalId. Matched by address; all or nothing unless `skipErrors`. `dryRun` only says what would be.',
    query: importQuery,
    body: z.string().max(33_554_432),
    bodyType: 'text/csv',
    replies: { 200: importReport },
    problems: ['tooLarge'],
  }),
  importContacts: endpoint({
    ...people,
    method: 'POST',
    path: at('/contacts/import'),
    about: 'Shared contacts from CSV: columns name, company, email, work, mobile, home. Replaces those there were.',
    query: importQuery,
    body: z.string().max(33_554_432),
    bodyType: 'text/csv',
    replies: { 200: importReport },
    problems: ['tooLarge'],
  }),
  listContacts: endpoint({
    ...people,
    method: 'GET',
    path: at('/contacts'),
    about: 'The shared contacts.',
    query: z.object({ cursor: cursor.optional(), limit: pageSize(100, 500) }),
    replies: { 200: z.object({ contacts: z.array(contact), next: z.string().optional() }) },
  }),
  tenant: endpoint({
    ...administration,
    method: 'GET',
    path: at('/tenant'),
    about: 'The tenant.',
    replies: { 200: tenantView },
  }),
  changeTenant: endpoint({
    ...administration,
    method: 'PATCH',
    path: at('/tenant'),
    about: 'Changes what is given.',
    body: tenantPatch,
    replies: { 200: tenantView },
  }),
  listKeys: endpoint({
    ...administration,
    method: 'GET',
    path: at('/keys'),
    about: 'The API keys; never their secrets.',
    replies: { 200: z.object({ keys: z.array(apiKey) }) },
  }),
  createKey: endpoint({
    ...administration,
    method: 'POST',
    path: at('/keys'),
    about: 'A new API key. Its secret is shown this once.',
    body: newApiKey,
    replies: { 201: apiKeyCreated },
  }),
  rotateKey: endpoint({
    ...administration,
    method: 'POST',
    path: at('/keys/:keyId/rotation'),
    about: 'A new key like this one; this one ends after the overlap.',
    params: z.object({ keyId: id }),
    body: keyRotation,
    replies: { 201: apiKeyCreated },
    problems: ['conflict'],
  }),
  revokeKey: endpoint({
    ...administration,
    method: 'DELETE',
    path: at('/keys/:keyId'),
    about: 'Ends a key now, and the link that uses it.',
    params: z.object({ keyId: id }),
    replies: { 204: null },
  }),
  listProviders: endpoint({
    ...administration,
    method: 'GET',
    path: at('/oidc'),
    about: 'The OpenID providers.',
    replies: { 200: z.object({ providers: z.array(oidcProvider) }) },
  }),
  putProvider: endpoint({
    ...administration,
    method: 'PUT',
    path: at('/oidc/:providerId'),
    about: 'Adds or replaces an OpenID provider. Without `clientSecret` the stored one stays.',
    params: z.object({ providerId: id }),
    body: oidcProviderWrite,
    replies: { 200: oidcProvider },
  }),
  deleteProvider: endpoint({
    ...administration,
    method: 'DELETE',
    path: at('/oidc/:providerId'),
    about: 'Takes an OpenID provider away. Who signed in with it stays signed in.',
    params: z.object({ providerId: id }),
    replies: { 204: null },
  }),
  listLdap: endpoint({
    ...administration,
    method: 'GET',
    path: at('/ldap'),
    about: 'The LDAP directories that are searched.',
    replies: { 200: z.object({ sources: z.array(ldapSource) }) },
  }),
  putLdap: endpoint({
    ...administration,
    method: 'PUT',
    path: at('/ldap/:sourceId'),
    about: 'Adds or replaces one. Without `bindPassword` the stored one stays.',
    params: z.object({ sourceId: id }),
    body: ldapSourceWrite,
    replies: { 200: ldapSource },
  }),
  deleteLdap: endpoint({
    ...administration,
    method: 'DELETE',
    path: at('/ldap/:sourceId'),
    about: 'Takes one away.',
    params: z.object({ sourceId: id }),
    replies: { 204: null },
  }),
  audit: endpoint({
    ...administration,
    method: 'GET',
    path: at('/audit'),
    about: 'Every administrative change, the latest first.',
    query: z.object({ cursor: cursor.optional(), limit: pageSize(100, 500) }),
    replies: { 200: auditPage },
  }),
} as const;
