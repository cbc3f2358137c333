/** Reads the files SIPp leaves behind. */

export interface SippCalls {
  readonly created: number;
  readonly successful: number;
  readonly failed: number;
  readonly retransmissions: number;
  /** Failed calls by SIPp's reasons, those that happened only: `UnexpectedMessage`, `MaxUDPRetrans`, ... */
  readonly failures: Readonly<Record<string, number>>;
  /** How long SIPp took from its first to its last call. */
  readonly elapsedSec: number;
}

/** Reads the last line of a statistics file (`-trace_stat`): values separated by semicolons below their names. */
export function parseSippStatistics(csv: string): SippCalls {
  const lines = csv.split('\n').filter((line) => line.includes(';'));
  const names = lines[0]?.split(';') ?? [];
  const values = lines.length > 1 ? (lines.at(-1)?.split(';') ?? []) : [];
  const row = new Map(names.map((name, index) => [name, values[index] ?? '']));
  const count = (name: string) => Number(row.get(name) ?? 0) || 0;
  return {
    created: count('TotalCallCreated'),
    successful: count('SuccessfulCall(C)'),
    failed: count('FailedCall(C)'),
    retransmissions: count('Retransmissions(C)'),
    failures: failureCounts(row),
    elapsedSec: parseDuration(row.get('ElapsedTime(C)') ?? ''),
  };
}

function failureCounts(row: ReadonlyMap<string, string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, value] of row) {
    const reason = name.match(/^Failed(\w+)\(C\)$/)?.[1];
    if (reason !== undefined && reason !== 'Call' && Number(value) > 0) counts[reason] = Number(value);
  }
  return counts;
}

/** `00:00:02:345000` is hours, minutes, seconds, microseconds. */
function parseDuration(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0, microseconds = 0] = text.split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds + microseconds / 1e6;
}

/** Response times in ms by the number of their timer, from a file of `-trace_rtt`: `Date_ms;response_time_ms;rtd_no`. */
export function parseSippResponseTimes(csv: string, timer = '1'): number[] {
  const rows = csv
    .split('\n')
    .slice(1)
    .map((line) => line.split(';'));
  return rows.filter((row) => row[2]?.trim() === timer).map((row) => Number(row[1]));
}
