import type { SipRequest } from '../message/message.ts';
import type { Clock } from '../time/clock.ts';
import { DepartedDialogs } from './departed-dialogs.ts';
import type { LiveDialog } from './live-dialog.ts';

/**
 * The dialogs of one user agent. Local tags are ours and random, so they alone find a dialog, but for the forks of one
 * INVITE, which are chained.
 */
export class DialogTable {
  readonly departed: DepartedDialogs;
  readonly #byLocalTag = new Map<string, LiveDialog>();
  #size = 0;

  /** `rememberMs`: how long a dialog that is over is remembered at least. */
  constructor(clock: Clock, rememberMs: number) {
    this.departed = new DepartedDialogs(clock, rememberMs);
  }

  get size(): number {
    return this.#size;
  }

  add(dialog: LiveDialog): void {
    const { localTag } = dialog.record;
    dialog.sibling = this.#byLocalTag.get(localTag);
    this.#byLocalTag.set(localTag, dialog);
    this.#size++;
  }

  remove(dialog: LiveDialog): void {
    const { localTag } = dialog.record;
    const head = this.#byLocalTag.get(localTag);
    if (!head) return;
    if (head !== dialog) {
      let before: LiveDialog | undefined = head;
      while (before && before.sibling !== dialog) before = before.sibling;
      if (!before) return;
      before.sibling = dialog.sibling;
    } else if (dialog.sibling) this.#byLocalTag.set(localTag, dialog.sibling);
    else this.#byLocalTag.delete(localTag);
    dialog.sibling = undefined;
    this.#size--;
    this.departed.add(dialog.record);
  }

  /** A dialog by its identifier, tags as seen from us. */
  find(callId: string, localTag: string, remoteTag: string): LiveDialog | undefined {
    let dialog = this.#byLocalTag.get(localTag);
    while (dialog && (dialog.record.remoteTag !== remoteTag || dialog.record.callId !== callId)) {
      dialog = dialog.sibling;
    }
    return dialog;
  }

  /** The dialog that a received request belongs to: its To is us. */
  findFor(request: SipRequest): LiveDialog | undefined {
    const localTag = request.to.tag;
    return localTag === undefined ? undefined : this.find(request.callId, localTag, request.from.tag ?? '');
  }

  *[Symbol.iterator](): Generator<LiveDialog> {
    for (const head of this.#byLocalTag.values()) {
      for (let dialog: LiveDialog | undefined = head; dialog; dialog = dialog.sibling) yield dialog;
    }
  }
}
