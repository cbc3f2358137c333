/** One arrow of a figure in RFC 3261 §17: where it leads and what is done on the way. */
export interface Arrow<State, Effect> {
  readonly next: State;
  readonly effects: readonly Effect[];
}

/** A state machine as a table; an event without an arrow is ignored in that state. */
export type Table<State extends string, Event extends string, Effect> = {
  readonly [S in State]: { readonly [E in Event]?: Arrow<State, Effect> };
};

export function arrow<State, Effect>(next: State, ...effects: Effect[]): Arrow<State, Effect> {
  return { next, effects };
}
