import { ChainMap } from '../chain-map.ts';
import type { SipRequest } from '../message/message.ts';
import { ReleasingMap } from '../releasing-map.ts';
import type { Clock } from '../time/clock.ts';
import { DepartedDialogs } from './departed-dialogs.ts';
import type { LiveDialog } from './live-dialog.ts';

/**
 * The dialogs of one user agent. Local tags are ours and random, so they alone find a dialog, but for the forks of one
 * INVITE, which are chained.
 */
export class DialogTable {
  readonly departed: DepartedDialogs;
  readonly #byLocalTag = new ChainMap<LiveDialog>(new ReleasingMap());

  /** `rememberMs`: how long a dialog that is over is remembered at least. */
  constructor(clock: Clock, rememberMs: number) {
    this.departed = new DepartedDialogs(clock, rememberMs);
  }

  get size(): number {
    return this.#byLocalTag.size;
  }

  add(dialog: LiveDialog): void {
    this.#byLocalTag.add(dialog.record.localTag, dialog);
  }

  remove(dialog: LiveDialog): void {
    if (this.#byLocalTag.remove(dialog.record.localTag, dialog)) this.departed.add(dialog.record);
  }

  /** A dialog by its identifier, tags as seen from us. */
  find(callId: string, localTag: string, remoteTag: string): LiveDialog | undefined {
    let dialog = this.#byLocalTag.first(localTag);
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

  [Symbol.iterator](): Generator<LiveDialog> {
    return this.#byLocalTag[Symbol.iterator]();
  }
}
