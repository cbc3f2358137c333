import { ReleasingMap } from '@unisono/sip';

/** Which calls each station has, running and alerting, on any of its user's devices: what "busy" means. */
export class UserCalls<C extends object = object> {
  /** Station → its calls, few; one as often as it is there, for it may be forwarded to its own caller. */
  readonly #calls = new ReleasingMap<readonly C[]>();
  /** Told when something about the calls of a station has changed. */
  onChange: ((station: string) => void) | undefined;

  enter(station: string, call: C): void {
    const calls = this.#calls.get(station);
    this.#calls.set(station, calls ? [...calls, call] : [call]);
    this.onChange?.(station);
  }

  /** Takes back one `enter`. */
  leave(station: string, call: C): void {
    const calls = this.#calls.get(station) ?? [];
    const at = calls.indexOf(call);
    if (at < 0) return;
    if (calls.length === 1) this.#calls.delete(station);
    else this.#calls.set(station, calls.toSpliced(at, 1));
    this.onChange?.(station);
  }

  /** A call that the station has already goes on otherwise: it alerts, is answered, is held. */
  changed(station: string | undefined): void {
    if (station !== undefined) this.onChange?.(station);
  }

  /** The calls of a station, each once. */
  of(station: string): readonly C[] {
    return [...new Set(this.#calls.get(station))];
  }

  /** Calls of the station, `except` not counted. */
  count(station: string, except?: C): number {
    const calls = this.#calls.get(station) ?? [];
    return calls.filter((call, at) => call !== except && calls.indexOf(call) === at).length;
  }

  /** Stations with at least one call. */
  get busyStations(): number {
    return this.#calls.size;
  }
}
