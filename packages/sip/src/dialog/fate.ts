/** What a response within a dialog takes with it beside its own transaction (RFC 5057 §5.1). */
export type Fate =
  | 'none'
  /** The session or subscription that sent the request. */
  | 'usage'
  /** The dialog and everything that shares it. */
  | 'dialog';

/** The peer has lost what the request was about, or cannot be reached by it any more (RFC 3261 §12.2.1.2). */
const USAGE = new Set([408, 481]);
/** The URI in the peer's own Contact was refused, or the route runs in a circle: no request will get through. */
const DIALOG = new Set([404, 410, 416, 482, 484, 485, 502, 604]);
/** Requests that keep their usage alive: who does not know them cannot have that usage. */
const SUBSCRIPTION_METHODS = new Set(['SUBSCRIBE', 'NOTIFY']);
/** Their responses may speak of what the request names instead of the dialog: whom to refer to, whom to write to. */
const ABOUT_OTHERS = new Set(['REFER', 'MESSAGE', 'INFO']);

/** The fate of a dialog after a final response; a transaction timeout counts as 408. */
export function fateOf(method: string, status: number): Fate {
  if (USAGE.has(status)) return 'usage';
  if (SUBSCRIPTION_METHODS.has(method) && (status === 405 || status === 480 || status === 489 || status === 501)) {
    return 'usage';
  }
  return DIALOG.has(status) && !ABOUT_OTHERS.has(method) ? 'dialog' : 'none';
}
