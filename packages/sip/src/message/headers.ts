import { canonicalName, type HeaderName } from './names.ts';
import { HeaderInjectionError, isPrintable } from './printable.ts';
import { hasListToken, isToken, splitList } from './text.ts';

/** A name that every caller may spell as the type offers it, or any extension header. */
export type AnyHeaderName = HeaderName | (string & {});

/**
 * The header fields of one message, in order, values as received (unfolded, trimmed, one character per octet).
 * Names are canonical, and asked for in that form; nothing is decoded here.
 */
export class HeaderList {
  readonly #names: string[];
  readonly #values: string[];

  /** Arrays that are given are taken as they are: that is for the parser, whose fields need no check. */
  constructor(names: string[] = [], values: string[] = []) {
    this.#names = names;
    this.#values = values;
  }

  get length(): number {
    return this.#names.length;
  }

  nameAt(index: number): string {
    return this.#names[index] ?? '';
  }

  valueAt(index: number): string {
    return this.#values[index] ?? '';
  }

  /** The first field's value, undefined when there is none. */
  get(name: AnyHeaderName): string | undefined {
    const i = this.#names.indexOf(name);
    return i < 0 ? undefined : this.#values[i];
  }

  has(name: AnyHeaderName): boolean {
    return this.#names.includes(name);
  }

  /** Every field's value, in order, commas not looked at. */
  all(name: AnyHeaderName): string[] {
    const found: string[] = [];
    for (let i = this.#names.indexOf(name); i >= 0; i = this.#names.indexOf(name, i + 1)) {
      found.push(this.#values[i] as string);
    }
    return found;
  }

  /** Every element of a comma-separated header, over all its fields, in order (RFC 3261 §7.3.1). */
  list(name: AnyHeaderName): string[] {
    const fields = this.all(name);
    if (fields.length === 0) return fields;
    if (fields.length === 1) return splitList(fields[0] as string);
    return fields.flatMap(splitList);
  }

  /** True when `token` is an element of the header, compared without case: `hasToken('Supported', 'timer')`. */
  hasToken(name: AnyHeaderName, token: string): boolean {
    for (let i = this.#names.indexOf(name); i >= 0; i = this.#names.indexOf(name, i + 1)) {
      if (hasListToken(this.#values[i] as string, token)) return true;
    }
    return false;
  }

  /** Adds a field at the end. Throws `HeaderInjectionError` on CR, LF or NUL. */
  append(name: AnyHeaderName, value: string): this {
    const known = checkedName(name, value);
    this.#names.push(known);
    this.#values.push(value);
    return this;
  }

  /** Adds a field before all others. */
  prepend(name: AnyHeaderName, value: string): this {
    const known = checkedName(name, value);
    this.#names.unshift(known);
    this.#values.unshift(value);
    return this;
  }

  /** Replaces all fields of that name by one, at the place of the first. */
  set(name: AnyHeaderName, value: string): this {
    const known = checkedName(name, value);
    const i = this.#names.indexOf(known);
    if (i < 0) return this.append(known, value);
    this.#values[i] = value;
    for (let j = this.#names.indexOf(known, i + 1); j >= 0; j = this.#names.indexOf(known, j)) this.#cut(j);
    return this;
  }

  /** Replaces the first field of that name, leaving later ones alone; adds one at the end when there is none. */
  replaceFirst(name: AnyHeaderName, value: string): this {
    const known = checkedName(name, value);
    const i = this.#names.indexOf(known);
    if (i < 0) return this.append(known, value);
    this.#values[i] = value;
    return this;
  }

  remove(name: AnyHeaderName): this {
    for (let i = this.#names.indexOf(name); i >= 0; i = this.#names.indexOf(name, i)) this.#cut(i);
    return this;
  }

  /** Takes over every field of that name from a message that was parsed or checked before: no check is made again. */
  copy(name: AnyHeaderName, from: HeaderList): this {
    for (let i = from.#names.indexOf(name); i >= 0; i = from.#names.indexOf(name, i + 1)) {
      this.#names.push(name);
      this.#values.push(from.#values[i] as string);
    }
    return this;
  }

  /** The first name for which `isSingle` holds and that occurs more than once. */
  firstRepeated(isSingle: (name: string) => boolean): string | undefined {
    return this.#names.find((name, i) => isSingle(name) && this.#names.indexOf(name) !== i);
  }

  clone(): HeaderList {
    return new HeaderList(this.#names.slice(), this.#values.slice());
  }

  #cut(index: number): void {
    this.#names.splice(index, 1);
    this.#values.splice(index, 1);
  }
}

/** The canonical name of a field that may be added; throws before anything is changed. */
function checkedName(name: string, value: string): string {
  const known = canonicalName(name);
  if (!isToken(known)) throw new HeaderInjectionError(`header name ${JSON.stringify(name)}`);
  if (!isPrintable(value)) throw new HeaderInjectionError(`header ${known}`);
  return known;
}
