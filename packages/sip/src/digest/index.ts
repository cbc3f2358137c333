export { type DigestAlgorithm, digestResponse, type Ha1Set, ha1, ha1Set } from './algorithm.ts';
export { type DigestChallenge, parseChallenges } from './challenge.ts';
export {
  type AccountLookup,
  type DigestAccount,
  type DigestAnswer,
  DigestClient,
  MAX_CLIENT_REALMS,
} from './client.ts';
export { type DigestCredentials, parseCredentials, printCredentials } from './credentials.ts';
export {
  type DigestOutcome,
  type DigestRefusal,
  DigestServer,
  type DigestServerOptions,
  type Ha1Lookup,
} from './server.ts';
export type { UriCheck } from './uri-match.ts';
