import type { Route } from '../model/index.ts';

/** Routes by pattern, one level per digit. */
export interface RouteTree {
  readonly route?: Route;
  readonly next: ReadonlyMap<string, RouteTree>;
}

interface GrowingTree {
  route?: Route;
  readonly next: Map<string, GrowingTree>;
}

/** Builds the tree; `*` is the root, `X` a branch for any digit. */
export function plantRoutes(routes: readonly Route[]): RouteTree {
  const root: GrowingTree = { next: new Map() };
  for (const route of routes) {
    let node = root;
    for (const sign of route.pattern === '*' ? '' : route.pattern) node = branch(node, sign);
    node.route ??= route;
  }
  return root;
}

function branch(node: GrowingTree, sign: string): GrowingTree {
  let next = node.next.get(sign);
  if (next === undefined) {
    next = { next: new Map() };
    node.next.set(sign, next);
  }
  return next;
}

/** The route with the longest matching pattern; of equally long ones that with a digit where the other has `X`. */
export function findRoute(tree: RouteTree, number: string): Route | undefined {
  return longest(tree, number, 0)?.route;
}

function longest(node: RouteTree, number: string, at: number): { route: Route; length: number } | undefined {
  const sign = number[at];
  const exact = sign === undefined ? undefined : node.next.get(sign);
  const wild = sign === undefined || sign === '+' ? undefined : node.next.get('X');
  const byDigit = exact && longest(exact, number, at + 1);
  const byWild = wild && longest(wild, number, at + 1);
  if (byDigit && (!byWild || byDigit.length >= byWild.length)) return byDigit;
  if (byWild) return byWild;
  return node.route && { route: node.route, length: at };
}
