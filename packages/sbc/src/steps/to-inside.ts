import {
  type Flow,
  parseNameAddr,
  parseReferTo,
  parseUriHeaders,
  printUri,
  printUriHeaders,
  type SipRequest,
  type SipResponse,
} from '@unisono/sip';
import type { Tokens } from '../token/tokens.ts';
import { restoreCallIds } from './call-ids.ts';
import { decreaseMaxForwards, forwarded, opensDialog, refreshesTarget, returned } from './common.ts';

/** Tells the gateway that a message came through a border, and from where: `wss;address=198.51.100.7;port=50000`. */
export const SOURCE_HEADER = 'P-Unisono-Source';

/** What nobody outside may assert of himself (RFC 3325 §5), what is said between border and gateway alone, or to clients alone. */
const CLAIMS = [
  ...['P-Asserted-Identity', 'Remote-Party-ID', 'P-Called-Party-ID', 'Identity', 'Unisono-Microphone'],
  SOURCE_HEADER,
] as const;

export interface InsideContext {
  readonly flow: Flow;
  /** Brings requests back to this client: `<sip:TOKEN@us;lr>`. */
  readonly way: string;
  readonly tokens: Tokens;
  /** The Request-URI, where the one received was a token of ours. */
  readonly target?: string | undefined;
  /** Route set behind the gateway that the token held. */
  readonly routes: readonly string[];
}

type Step = (request: SipRequest, context: InsideContext) => void;

/** What the border does to a request on its way in, in this order. */
export const TO_INSIDE: readonly Step[] = [
  decreaseMaxForwards,
  restoreTarget,
  restoreReference,
  restoreCallIds,
  dropClaims,
  noteSource,
  addPath,
  addRecordRoute,
];

/** The request as the gateway gets it. */
export function requestToInside(request: SipRequest, context: InsideContext): SipRequest {
  const inside = forwarded(request);
  for (const step of TO_INSIDE) step(inside, context);
  return inside;
}

/** A response of a client as the gateway gets it: on dialogs the way back to the client, as if it had recorded it. */
export function responseToInside(
  response: SipResponse,
  original: SipRequest,
  context: Pick<InsideContext, 'way' | 'flow'>,
): SipResponse {
  const inside = returned(response, original);
  dropClaims(inside);
  if (opensDialog(original) && response.status > 100 && response.status < 300) {
    inside.headers.append('Record-Route', context.way).copy('Record-Route', original.headers);
  }
  return inside;
}

/** The inside Contact and route set instead of the token that the client was given. */
export function restoreTarget(request: SipRequest, { target, routes }: InsideContext): void {
  if (target !== undefined) request.uriText = target;
  for (const route of routes) request.headers.append('Route', route);
}

/** A client that transfers may name the other party by the Contact it knows, which is a token (RFC 5589 §7). */
export function restoreReference({ headers }: SipRequest, { tokens }: InsideContext): void {
  const field = headers.get('Refer-To');
  const refer = field === undefined ? undefined : parseReferTo(field);
  const token = refer?.uri?.user;
  const known = token === undefined ? undefined : tokens.readPeer(token);
  const contact = known && parseNameAddr(`<${known.contact}>`)?.uri;
  if (!refer?.uri || !contact || contact.scheme === 'tel' || contact.scheme === 'other') return;
  const embedded = parseUriHeaders(refer.uri.headers);
  const uri = { ...contact, headers: embedded ? printUriHeaders(embedded) : '' };
  headers.set('Refer-To', `<${printUri(uri)}>${refer.address.paramsText}`);
}

/** Nobody outside says who he is but by his credentials. */
export function dropClaims({ headers }: Pick<SipRequest, 'headers'>): void {
  for (const name of CLAIMS) headers.remove(name);
}

export function noteSource({ headers }: SipRequest, { flow }: InsideContext): void {
  headers.append(SOURCE_HEADER, `${flow.transport};address=${addressText(flow)};port=${flow.remotePort}`);
}

/** RFC 3327 §5.2, RFC 5626 §5.1: requests to this contact come back here and find the flow. */
export function addPath(request: SipRequest, { way }: InsideContext): void {
  if (request.method !== 'REGISTER') return;
  request.headers.prepend('Path', way.replace(';lr>', ';lr;ob>'));
  if (!request.headers.hasToken('Supported', 'path')) request.headers.append('Supported', 'path');
}

/**
 * RFC 3261 §16.6 step 4, in requests that open a dialog, and in those that refresh its target: a client may have come from another
 * border, and the gateway follows it. Where proxies stand between, the way is as it was first.
 */
export function addRecordRoute(request: SipRequest, { way, routes }: InsideContext): void {
  if (opensDialog(request) || (refreshesTarget(request) && routes.length === 0)) {
    request.headers.prepend('Record-Route', way);
  }
}

function addressText({ remoteAddress }: Flow): string {
  return remoteAddress.includes(':') ? `"${remoteAddress}"` : remoteAddress;
}
