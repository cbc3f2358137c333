/** Which calls each station has, running and alerting, on any of its user's devices: what "busy" means. */
export class UserCalls {
  readonly #calls = new Map<string, Set<object>>();

  enter(station: string, call: object): void {
    const calls = this.#calls.get(station) ?? new Set();
    calls.add(call);
    this.#calls.set(station, calls);
  }

  leave(station: string, call: object): void {
    const calls = this.#calls.get(station);
    if (!calls?.delete(call)) return;
    if (calls.size === 0) this.#calls.delete(station);
  }

  /** Calls of the station, `except` not counted. */
  count(station: string, except?: object): number {
    const calls = this.#calls.get(station);
    if (!calls) return 0;
    return except !== undefined && calls.has(except) ? calls.size - 1 : calls.size;
  }

  /** Stations with at least one call. */
  get busyStations(): number {
    return this.#calls.size;
  }
}
