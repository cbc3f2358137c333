/**
 * Cycles of a graph given as node → nodes it leads to. Each cycle is a path that starts and ends with the same node; of cycles
 * that share nodes at least one is found.
 */
export function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): void => {
    const earlier = path.indexOf(node);
    if (earlier !== -1) cycles.push([...path.slice(earlier), node]);
    if (earlier !== -1 || done.has(node)) return;
    path.push(node);
    for (const next of graph.get(node) ?? []) visit(next);
    path.pop();
    done.add(node);
  };
  for (const node of graph.keys()) visit(node);
  return cycles;
}
