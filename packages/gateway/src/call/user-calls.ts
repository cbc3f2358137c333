/** Which calls each station has, running and alerting, on any of its user's devices: what "busy" means. */
export class UserCalls {
  /** Station → call → how often it is there: a call may be forwarded to its own caller. */
  readonly #calls = new Map<string, Map<object, number>>();

  enter(station: string, call: object): void {
    const calls = this.#calls.get(station) ?? new Map<object, number>();
    calls.set(call, (calls.get(call) ?? 0) + 1);
    this.#calls.set(station, calls);
  }

  /** Takes back one `enter`. */
  leave(station: string, call: object): void {
    const calls = this.#calls.get(station);
    const times = calls?.get(call);
    if (!calls || times === undefined) return;
    if (times > 1) calls.set(call, times - 1);
    else calls.delete(call);
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
