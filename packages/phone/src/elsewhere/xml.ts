/**
 * The few elements that are needed of a document are found by their names: a parser for all of XML, with entities and external
 * subsets, has no place in a page that reads small documents of its own phone system.
 */

/** Longest document that is looked at. */
const MAX_LENGTH = 200_000;

/** False for what is too long, or brings entities of its own. */
export function isPlainXml(xml: string): boolean {
  return xml.length <= MAX_LENGTH && !/<!DOCTYPE|<!ENTITY/i.test(xml);
}

export interface XmlElement {
  readonly attributes: Readonly<Record<string, string>>;
  readonly inner: string;
}

/** Elements of that name that do not lie in each other. */
export function elementsOf(xml: string, name: string): XmlElement[] {
  const found: XmlElement[] = [];
  const opening = new RegExp(`<(?:\\w+:)?${name}(?=[\\s/>])((?:[^>"']|"[^"]*"|'[^']*')*)>`, 'g');
  const closing = new RegExp(`</(?:\\w+:)?${name}\\s*>`, 'g');
  for (let open = opening.exec(xml); open !== null; open = opening.exec(xml)) {
    const attributes = attributesOf((open[1] ?? '').replace(/\/$/, ''));
    if (open[1]?.endsWith('/')) {
      found.push({ attributes, inner: '' });
      continue;
    }
    closing.lastIndex = opening.lastIndex;
    const close = closing.exec(xml);
    if (close === null) break;
    found.push({ attributes, inner: xml.slice(opening.lastIndex, close.index) });
    opening.lastIndex = closing.lastIndex;
  }
  return found;
}

export function attributesOf(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)];
  return Object.fromEntries(pairs.map(([, name, double, single]) => [name, plain(double ?? single ?? '')]));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text with its entities resolved. */
export function plain(text: string): string {
  return text.replace(/<[^>]*>/g, '').replace(/&(#x?[0-9a-f]+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : '';
  });
}
