export {
  type ContactParams,
  type Contacts,
  type ContactUriParams,
  contactParams,
  contactUriParams,
  parseContacts,
  parseQValue,
  printQValue,
} from './contact.ts';
export {
  type ContentDisposition,
  type MediaType,
  parseContentDisposition,
  parseMediaType,
  printContentDisposition,
  printMediaType,
} from './content.ts';
export { parseDate, parseTimestamp, printDate, printTimestamp, type Timestamp } from './date.ts';
export {
  type EventHeader,
  parseEvent,
  parseSubscriptionState,
  printEvent,
  printSubscriptionState,
  type SubscriptionState,
} from './event.ts';
export { expiresSec, minExpiresSec } from './expires.ts';
export { type AssertedIdentity, parseIdentity, parsePrivacy, printPrivacy } from './identity.ts';
export { infoPackage, receivablePackages } from './info-package.ts';
export { DEFAULT_MAX_FORWARDS, maxForwards } from './max-forwards.ts';
export { parseReason, parseReasons, printReason, type Reason } from './reason.ts';
export {
  type Diversion,
  type HistoryEntry,
  parseDiversions,
  parseHistory,
  printDiversion,
  printHistoryEntry,
} from './redirection.ts';
export { parseReferTo, type ReferTo } from './refer.ts';
export { parseRAck, parseRSeq, printRAck, type RAck } from './reliability.ts';
export { parseReplaces, parseTargetDialog, printReplaces, type Replaces, type TargetDialog } from './replaces.ts';
export { parseRetryAfter, printRetryAfter, type RetryAfter } from './retry-after.ts';
export { isLooseRoute } from './route.ts';
export {
  MIN_SE_DEFAULT_SEC,
  parseMinSe,
  parseSessionExpires,
  printSessionExpires,
  type SessionExpires,
} from './session-expires.ts';
export { MAX_DELTA_SECONDS, parseAddresses, parseDeltaSeconds } from './value.ts';
export { parseWarning, parseWarnings, printWarning, type Warning } from './warning.ts';
