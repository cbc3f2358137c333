import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type CertificatePair, readPair } from './pair.ts';

export interface WatchedFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly epochMs: () => number;
  /** A new pair that is good. */
  readonly onPair: (pair: CertificatePair) => void;
  /** The files have changed and are not good; the pair that was used stays. */
  readonly onBroken: (why: string) => void;
}

/** Certificate and key are written one after the other: what belongs together is there after a moment. */
const SETTLE_MS = 300;

/** Reads a certificate and its key again when their files change, or when asked to. */
export class CertificateFiles {
  readonly #options: WatchedFiles;
  readonly #watchers: FSWatcher[];
  #current: string;
  #settling: NodeJS.Timeout | undefined;

  /** `pair` is the one in use now. */
  constructor(options: WatchedFiles, pair: CertificatePair) {
    this.#options = options;
    this.#current = textOf(pair);
    const { certificateFile, keyFile } = options;
    // Folders are watched and not files: a file that is replaced is another one.
    const folders = new Set([dirname(certificateFile), dirname(keyFile)]);
    const names = new Set([basename(certificateFile), basename(keyFile)]);
    this.#watchers = [...folders].map((folder) => this.#watch(folder, names));
  }

  /** Reads the files now. */
  reload(): void {
    const { certificateFile, keyFile, epochMs, onPair, onBroken } = this.#options;
    const reading = readPair(certificateFile, keyFile, epochMs());
    if (!reading.ok) return onBroken(reading.why);
    const text = textOf(reading.pair);
    if (text === this.#current) return;
    this.#current = text;
    onPair(reading.pair);
  }

  close(): void {
    clearTimeout(this.#settling);
    for (const watcher of this.#watchers) watcher.close();
  }

  #watch(folder: string, names: ReadonlySet<string>): FSWatcher {
    const watcher = watch(folder, (_event, name) => {
      // A link to a folder of the day (`..data`, as certificate managers make it) changes under another name.
      if (name === null || names.has(name) || name.startsWith('..')) this.#soon();
    });
    watcher.on('error', (error) => this.#options.onBroken(`${folder} is not watched any more: ${error.message}`));
    watcher.unref();
    return watcher;
  }

  #soon(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.reload(), SETTLE_MS);
    this.#settling.unref();
  }
}

function textOf({ chain, privateKey }: CertificatePair): string {
  return `${chain}\n${privateKey}`;
}
