/** One thing that is wrong with a configuration, ready to be shown to whoever wrote it. */
export interface Problem {
  /** Where it was written: `unisono.yaml:3:7`, `environment variable UNISONO_DATA`, `option --sip-port`. */
  place: string;
  /** The option: `sip.udp`; empty when the whole is meant. */
  field: string;
  wrong: string;
  right: string;
}

/** `unisono.yaml:3:7: log.level: is "loud"; right would be one of …` */
export function problemLine({ place, field, wrong, right }: Problem): string {
  return `${[place, field].filter((part) => part !== '').join(': ')}: ${wrong}; right would be ${right}`;
}

/** The candidate that differs least from what was written, if it differs little enough to have been meant. */
export function closest(written: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: editsBetween(written.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const tolerated = written.length < 4 ? 1 : Math.max(2, written.length / 3);
  return best !== undefined && best.edits <= tolerated ? best.candidate : undefined;
}

/** Letters to insert, delete or replace (Levenshtein distance). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = row[column - 1]! + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(row[column]! + 1, next[column - 1]! + 1, replaced));
    }
    row = next;
  }
  return row[to.length]!;
}
