/** Which calls each station has, running and alerting, on any of its user's devices: what "busy" means. */
export class UserCalls {
  /** Station → its calls, few; one as often as it is there, for it may be forwarded to its own caller. */
  readonly #calls = new Map<string, readonly object[]>();

  enter(station: string, call: object): void {
    const calls = this.#calls.get(station);
    this.#calls.set(station, calls ? [...calls, call] : [call]);
  }

  /** Takes back one `enter`. */
  leave(station: string, call: object): void {
    const calls = this.#calls.get(station) ?? [];
    const at = calls.indexOf(call);
    if (at < 0) return;
    if (calls.length === 1) this.#calls.delete(station);
    else this.#calls.set(station, calls.toSpliced(at, 1));
  }

  /** Calls of the station, `except` not counted. */
  count(station: string, except?: object): number {
    const calls = this.#calls.get(station) ?? [];
    return calls.filter((call, at) => call !== except && calls.indexOf(call) === at).length;
  }

  /** Stations with at least one call. */
  get busyStations(): number {
    return this.#calls.size;
  }
}
