import type { RTCSession } from 'jssip/lib/RTCSession.js';

/** A message as far as headers are read from it. */
export interface Message {
  getHeader(name: string): string | undefined;
  getHeaders(name: string): string[];
  readonly body?: string | null;
  readonly method?: string;
  readonly status_code?: number;
  readonly reason_phrase?: string;
  readonly to_tag?: string;
}

/** The final response, or none: the connection is gone, or nobody answered in time. */
export type InDialogAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly response: Message }
  | { readonly kind: 'lost' };

export interface InDialogRequest {
  readonly extraHeaders: readonly string[];
  readonly body?: string;
}

/** What JsSIP offers beside its declarations: its own INFO is sent so. */
interface Requester {
  sendRequest(method: string, options: object): unknown;
}

/**
 * Sends a request within the dialog of a session. JsSIP's own ways (`hold`, `renegotiate`, `sendInfo`) end the session when a
 * request is refused, is not answered or cannot be sent; here the answer is a value, and the session is as it was.
 */
export function askInDialog(
  session: RTCSession,
  method: 'UPDATE' | 'INFO',
  { extraHeaders, body }: InDialogRequest,
): Promise<InDialogAnswer> {
  const { promise, resolve } = Promise.withResolvers<InDialogAnswer>();
  const answered = (response: Message): void =>
    resolve({ kind: 'answered', status: response.status_code ?? 500, response });
  const lost = (): void => resolve({ kind: 'lost' });
  try {
    (session as unknown as Requester).sendRequest(method, {
      extraHeaders: [...extraHeaders],
      body,
      eventHandlers: {
        onSuccessResponse: answered,
        onErrorResponse: answered,
        onDialogError: answered,
        onTransportError: lost,
        onRequestTimeout: lost,
      },
    });
  } catch {
    lost();
  }
  return promise;
}
