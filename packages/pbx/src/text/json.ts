/** What a text is when it is JSON in which no field stands twice; undefined: read it as YAML, which says more. */
export function readJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return countFields(value) === countNames(text) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** `JSON.parse` silently keeps the last of two fields of one name: then there are fewer fields than names. */
function countFields(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const inner of Object.values(value)) count += countFields(inner);
  return count;
}

/** Every string of valid JSON, with the colon behind it when it is a name. */
const STRINGS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g;

function countNames(json: string): number {
  let count = 0;
  for (const match of json.matchAll(STRINGS)) if (match[1] !== undefined) count += 1;
  return count;
}
