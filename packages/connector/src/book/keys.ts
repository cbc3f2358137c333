/** Letters as they stand on a telephone's keys (ITU-T E.161). */
const KEYS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({ 2: 'abc', 3: 'def', 4: 'ghi', 5: 'jkl', 6: 'mno', 7: 'pqrs', 8: 'tuv', 9: 'wxyz' }).flatMap(
    ([digit, letters]) => [...letters].map((letter) => [letter, digit]),
  ),
);
const WITHOUT_MARKS: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', ø: 'o', đ: 'd', ł: 'l', œ: 'oe' };
/** Words of a name that it is found by: what is kept grows with their square. */
const MOST_WORDS = 8;

/** A name as it is typed on keys; words apart by one space. */
export function keysOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[ßæøđłœ]/g, (letter) => WITHOUT_MARKS[letter] ?? letter)
    .normalize('NFD')
    .replace(/\p{M}/gu, '');
  return [...plain]
    .map((sign) => (/\d/.test(sign) ? sign : (KEYS[sign] ?? ' ')))
    .join('')
    .replace(/ +/g, ' ')
    .trim();
}

/**
 * What is kept of a name to find it by keys: from each of its words on all that follows, each behind a space. `236` finds Ben, `54` and
 * `546` find Anna Lindner, and so does `26625463`.
 */
export function nameKeys(name: string): string {
  const words = keysOf(name)
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS);
  return words.map((_, index) => ` ${words.slice(index).join('')}`).join('');
}

/** A `like` pattern for `nameKeys`; undefined where what is typed is not keys with letters. */
export function keysPattern(typed: string): string | undefined {
  return /^[2-9]{2,}$/.test(typed) ? `% ${typed}%` : undefined;
}
