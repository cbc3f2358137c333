import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../headers.ts';
import { type NameAddr, parseNameAddr } from '../name-addr.ts';

/** Headers with one field per value. */
export function fields(name: string, ...values: string[]): HeaderList {
  const headers = new HeaderList();
  for (const value of values) headers.append(name, value);
  return headers;
}

/** An address that must be well formed. */
export function address(text: string): NameAddr {
  const found = parseNameAddr(text);
  assert.ok(found, text);
  return found;
}

/** A table for one header: what each text means, `undefined` when it is refused; valid ones print to `printed` or back. */
export function header<T>(
  name: string,
  parse: (text: string) => T | undefined,
  print: ((value: T) => string) | undefined,
  cases: readonly (readonly [text: string, meaning: T | undefined, printed?: string])[],
): void {
  for (const [text, meaning, printed] of cases) {
    test(`${name}: ${text === '' ? 'nothing' : text}${meaning === undefined ? ' is refused' : ''}`, () => {
      const found = parse(text);
      assert.deepEqual(found, meaning);
      if (found === undefined || !print) return;
      assert.equal(print(found), printed ?? text);
      assert.deepEqual(parse(print(found)), meaning);
    });
  }
}
