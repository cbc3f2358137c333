import { HeaderList } from '../headers.ts';
import { type NameAddr, parseNameAddr } from '../name-addr.ts';
import { parseDecimal } from '../octets.ts';
import { printParam } from '../params.ts';
import { printUri, type SipUri } from '../uri.ts';
import { parseUriHeaders, printUriHeaders } from '../uri-headers.ts';
import { parseElements } from './value.ts';

/** One redirection that a call has been through, the latest first (RFC 5806). */
export interface Diversion {
  readonly address: NameAddr;
  /** `unconditional`, `user-busy`, `no-answer`, `unavailable`, `deflection` …; `unknown` when absent. */
  readonly reason: string;
  /** How many redirections it stands for; 1 when absent or malformed. */
  readonly counter: number;
  /** `full`, `name`, `uri` or `off`; undefined when absent. */
  readonly privacy: string | undefined;
}

/** The Diversion header; undefined when an element is malformed. */
export function parseDiversions(headers: HeaderList): Diversion[] | undefined {
  return parseElements(headers, 'Diversion', (element) => {
    const address = parseNameAddr(element);
    return (
      address && {
        address,
        reason: address.param('reason')?.toLowerCase() ?? 'unknown',
        counter: parseDecimal(address.param('counter') ?? '', 99) ?? 1,
        privacy: address.param('privacy')?.toLowerCase(),
      }
    );
  });
}

/** Prints display name and URI of `address` with the given facts; parameters that it holds itself are left out. */
export function printDiversion(diversion: Diversion): string {
  const { address, reason, counter, privacy } = diversion;
  const display = address.displayText === '' ? '' : `${address.displayText} `;
  const rest = privacy === undefined ? '' : printParam('privacy', privacy);
  return `${display}<${address.uriText}>${printParam('reason', reason)};counter=${counter}${rest}`;
}

/** One entry of a call's history, the oldest first (RFC 7044 §5). */
export interface HistoryEntry {
  readonly address: NameAddr;
  /** `1.2.1`: where in the tree of targets. */
  readonly index: string;
  /** How it was reached: `rc`, `mp` or `np`, with the index it was changed from. */
  readonly via: { readonly kind: 'rc' | 'mp' | 'np'; readonly from: string } | undefined;
  /** Embedded Reason value: why the target before it was left. */
  readonly reason: string | undefined;
  /** True with an embedded `Privacy: history`. */
  readonly isPrivate: boolean;
}

/** The History-Info header; undefined when an element is malformed or has no index. */
export function parseHistory(headers: HeaderList): HistoryEntry[] | undefined {
  return parseElements(headers, 'History-Info', parseHistoryEntry);
}

/** Prints an entry for a SIP URI; what the URI holds as headers is replaced by Reason and Privacy of the entry. */
export function printHistoryEntry(uri: SipUri, entry: Omit<HistoryEntry, 'address'>): string {
  const embedded = new HeaderList();
  if (entry.reason !== undefined) embedded.append('Reason', entry.reason);
  if (entry.isPrivate) embedded.append('Privacy', 'history');
  const via = entry.via === undefined ? '' : printParam(entry.via.kind, entry.via.from);
  return `<${printUri({ ...uri, headers: printUriHeaders(embedded) })}>;index=${entry.index}${via}`;
}

function parseHistoryEntry(element: string): HistoryEntry | undefined {
  const address = parseNameAddr(element);
  const index = address?.param('index');
  if (!address || index === undefined || !/^\d+(?:\.\d+)*$/.test(index)) return undefined;
  const kind = (['rc', 'mp', 'np'] as const).find((name) => address.param(name) !== undefined);
  const { uri } = address;
  const embedded = uri && 'headers' in uri ? parseUriHeaders(uri.headers) : undefined;
  return {
    address,
    index,
    via: kind && { kind, from: address.param(kind) ?? '' },
    reason: embedded?.get('Reason'),
    isPrivate: embedded?.get('Privacy')?.toLowerCase() === 'history',
  };
}
