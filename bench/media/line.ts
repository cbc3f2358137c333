/** The line protocol between a load and a media server of ours: one JSON value a line, each way. */
import type { AnswerRequest, MediaEngine, MediaEngineResult, MediaKey, OfferRequest } from '@unisono/media';

/** What a load asks of an engine. */
export type AnchoringEngine = Pick<MediaEngine, 'offer' | 'answer' | 'delete'>;

export type LineRequest = { readonly id: number } & (
  | { readonly verb: 'offer'; readonly request: OfferRequest }
  | { readonly verb: 'answer'; readonly request: AnswerRequest }
  | { readonly verb: 'delete'; readonly request: Pick<MediaKey, 'callId'> }
);

export interface LineReply {
  readonly id: number;
  /** Missing in the reply to `delete`. */
  readonly result?: MediaEngineResult;
}

/** Calls `take` with the value of each whole line. */
export function lineReader<T>(take: (value: T) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(JSON.parse(line) as T);
  };
}
