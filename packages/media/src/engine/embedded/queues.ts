/** Does the work of each call one after the other, in the order in which it came; other calls are not waited for. */
export class Queues {
  readonly #last = new Map<string, Promise<unknown>>();

  add<Result>(callId: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(callId) ?? Promise.resolve();
    const result = before.then(work, work);
    this.#last.set(callId, result);
    const forget = () => {
      if (this.#last.get(callId) === result) this.#last.delete(callId);
    };
    result.then(forget, forget);
    return result;
  }
}
