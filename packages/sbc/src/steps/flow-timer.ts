import type { Flow, SipRequest, SipResponse } from '@unisono/sip';

/** Time beyond the promised interval in which a keep-alive may still come. */
const GRACE = 1.25;

/**
 * Tells a phone that registers over a connection of its own by RFC 5626 how often it has to send a keep-alive (§4.4, §5.4). A WebSocket
 * is asked by pings of ours, because a page cannot send any; over UDP there is nothing to close.
 */
export function addFlowTimer(response: SipResponse, { method }: SipRequest, flow: Flow, flowTimerSec: number): void {
  response.headers.remove('Flow-Timer');
  if (method !== 'REGISTER' || response.status < 200 || response.status >= 300) return;
  if (flow.transport !== 'tcp' && flow.transport !== 'tls') return;
  if (response.headers.hasToken('Require', 'outbound')) response.headers.set('Flow-Timer', String(flowTimerSec));
}

/** After how long without a sign of life a phone's connection is closed; undefined when it has promised none. */
export function patienceMs({ headers }: SipResponse): number | undefined {
  const promised = headers.get('Flow-Timer');
  return promised === undefined ? undefined : Number(promised) * GRACE * 1_000;
}
