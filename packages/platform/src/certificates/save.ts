import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file that appears whole or not at all. */
export function saveFile(file: string, text: string, mode: number): void {
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}
