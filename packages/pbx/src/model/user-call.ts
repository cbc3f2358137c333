/** One call of a user at this moment, on whatever device. */
export interface UserCall {
  /** Id of the call's record. */
  readonly id: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly state: 'alerting' | 'connected' | 'held';
  /** The other side; no number when it withholds it. */
  readonly party: { readonly number?: string | undefined; readonly name?: string | undefined };
  /** On what it runs; undefined while it rings. */
  readonly device: 'desk' | 'client' | undefined;
  readonly startedAtMs: number;
}

/** Everything that a station has at this moment. */
export interface StationCalls {
  /** Id of the station. */
  readonly station: string;
  readonly calls: readonly UserCall[];
}
