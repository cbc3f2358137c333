const LEVEL_WIDTH = 5;

/** Turns a JSON log line into `12:34:56.789 info  message  field=value`, times in UTC. A line that is no JSON stays as it is. */
export function humanLine(line: string): string {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { level, time, msg, err, ...fields } = entry;
  const clock = String(time).slice('2026-01-01T'.length, -1);
  const texts = Object.entries(fields).map(([name, value]) => `${name}=${printed(value)}`);
  const head = `${clock} ${String(level).padEnd(LEVEL_WIDTH)} ${String(msg ?? '')}`;
  return `${[head, ...texts].join('  ')}${stackOf(err)}\n`;
}

function printed(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value);
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return '';
  return `\n${String(error.stack)}`;
}
