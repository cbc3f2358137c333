import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { Problem } from './problem.ts';

/** A configuration file that was read: its values, and where each of them stands. */
export interface YamlFile {
  values: unknown;
  /** `FILE:line:column` of the value at the path, or of the closest thing around it. */
  placeOf(path: readonly PropertyKey[]): string;
  /** What keeps it from being read at all. */
  problems: Problem[];
}

/** Reads YAML (and with it JSON). Never throws: what is wrong with the text is among the problems. */
export function readYaml(name: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const problems = document.errors.map((error) => ({
    place: at(error.pos[0]),
    field: '',
    wrong: error.message,
    right: 'a file in YAML or JSON',
  }));
  const placeOf = (path: readonly PropertyKey[]): string => {
    const offset = offsetOf(document.contents, path);
    return offset === undefined ? name : at(offset);
  };
  return { values: problems.length === 0 ? (document.toJS() ?? {}) : {}, placeOf, problems };
}

/** Where the key of the path's last part begins; of a path that is not there, the deepest part that is. */
function offsetOf(node: Node | null, path: readonly PropertyKey[]): number | undefined {
  const own = node?.range?.[0];
  const [key, ...rest] = path;
  if (key === undefined || !isMap(node)) return own;
  const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
  if (pair === undefined) return own;
  if (rest.length > 0 && isMap(pair.value)) return offsetOf(pair.value, rest);
  return isScalar(pair.key) ? pair.key.range?.[0] : own;
}
