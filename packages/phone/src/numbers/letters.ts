/** Letters as they stand on a telephone's keys (ITU-T E.161). */
const KEYS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({ 2: 'abc', 3: 'def', 4: 'ghi', 5: 'jkl', 6: 'mno', 7: 'pqrs', 8: 'tuv', 9: 'wxyz' }).flatMap(
    ([digit, letters]) => [...letters].map((letter) => [letter, digit]),
  ),
);
const WITHOUT_MARKS: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', ø: 'o', đ: 'd', ł: 'l', œ: 'oe' };

/** Whether a word of the name begins with these keys; `236` finds Ben, `5463` finds Anna Lindner. */
export function matchesKeys(name: string, digits: string): boolean {
  if (!/^\d+$/.test(digits)) return false;
  const words = keysOf(name).split(' ');
  return words.some((word, index) => words.slice(index).join('').startsWith(digits) && word !== '');
}

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
