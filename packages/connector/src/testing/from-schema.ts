import { z } from 'zod';

/** A seeded source of numbers (mulberry32), so that a failure can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Node = Readonly<Record<string, unknown>>;

const NASTY_TEXTS = [
  '',
  ' ',
  '0',
  'null',
  "' or 1=1 --",
  '../../etc/passwd',
  '\u0000',
  'a\r\nSet-Cookie: x=1',
  '\ud800',
  '{"$ne":null}',
  '%00',
  '%',
  '_',
  'a@b@c.example',
  'anna@example.com',
  '\u202eanna@example.com',
  'ut_'.padEnd(46, 'A'),
  'x'.repeat(5000),
  '-1',
  '1e999',
  '\u00df\u0130\ufb01',
  'WyJ4Il0',
  'WzFd',
];
const NASTY_VALUES = [null, true, -1, 0, 1.5, 2 ** 53, -(2 ** 63), [], {}, [[]], { __proto__: 1 }, 'text'];

/** Values that a schema takes, nearly takes, and does not take at all. */
export class FromSchema {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A value for a schema; `wild` is the share of places where something else is put. */
  value(schema: z.ZodType, wild: number): unknown {
    const written = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Node;
    return this.#of(written, written, wild, 0);
  }

  text(): string {
    return this.#one(NASTY_TEXTS);
  }

  #of(node: Node, root: Node, wild: number, depth: number): unknown {
    if (this.#random() < wild) return this.#random() < 0.6 ? this.text() : this.#one(NASTY_VALUES);
    const reference = node.$ref;
    if (typeof reference === 'string') return this.#of(pointed(root, reference), root, wild, depth + 1);
    if (node.const !== undefined) return node.const;
    if (Array.isArray(node.enum)) return this.#one(node.enum as unknown[]);
    const variants = (node.oneOf ?? node.anyOf) as Node[] | undefined;
    if (variants !== undefined) return this.#of(this.#one(variants), root, wild, depth + 1);
    switch (node.type) {
      case 'object':
        return this.#object(node, root, wild, depth);
      case 'array':
        return depth > 8
          ? []
          : Array.from({ length: this.#whole(3) }, () => this.#of((node.items ?? {}) as Node, root, wild, depth + 1));
      case 'string':
        return this.#string(node);
      case 'integer':
      case 'number':
        return this.#number(node);
      case 'boolean':
        return this.#random() < 0.5;
      default:
        return this.#one([...NASTY_VALUES, ...NASTY_TEXTS]);
    }
  }

  #object(node: Node, root: Node, wild: number, depth: number): unknown {
    const required = (node.required ?? []) as string[];
    const entries = Object.entries((node.properties ?? {}) as Record<string, Node>).flatMap(([name, property]) => {
      const isThere = required.includes(name) ? this.#random() >= wild / 2 : this.#random() < 0.6;
      return isThere ? [[name, this.#of(property, root, wild, depth + 1)]] : [];
    });
    return Object.fromEntries(entries);
  }

  #string(node: Node): string {
    const pattern = String(node.pattern ?? '');
    if (pattern.includes('{43}')) return 'A'.repeat(43);
    if (pattern.includes('wss') || node.format === 'uri') return 'https://push.example/x';
    if (pattern.startsWith('^sip')) return 'sip:a@example.com';
    if (pattern.includes('+*#')) return '+4989123';
    if (pattern !== '') return this.#one(['a1', '4020', '+4989123', 'anna@example.com', 'abcdefgh', 'wss://a.example']);
    const least = Number(node.minLength ?? 0);
    return this.#one(['Anna', 'anna@example.com', 'a1', '12', this.text()]).padEnd(least, 'x');
  }

  #number(node: Node): number {
    const least = Number(node.minimum ?? 0);
    const most = Math.min(Number(node.maximum ?? 1000), Number.MAX_SAFE_INTEGER);
    return this.#one([least, most, least + this.#whole(Math.min(1000, most - least))]);
  }

  #whole(bound: number): number {
    return Math.floor(this.#random() * (bound + 1));
  }

  #one<Value>(list: readonly Value[]): Value {
    return list[Math.floor(this.#random() * list.length)] as Value;
  }
}

function pointed(root: Node, reference: string): Node {
  const name = reference.replace('#/$defs/', '');
  return ((root.$defs ?? {}) as Record<string, Node>)[name] ?? {};
}
