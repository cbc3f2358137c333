type Grouping = typeof import('libphonenumber-js/min').AsYouType;

let grouping: Grouping | undefined;

/** Resolves when numbers are shown in groups; before that they are shown as they are. The table of all countries is large: it comes after the first picture. */
export const groupingReady: Promise<void> = import('libphonenumber-js/min').then(
  ({ AsYouType }) => {
    grouping = AsYouType;
  },
  // Not fetched: numbers are good without groups.
  () => undefined,
);

/** Digits in groups as they are written in their country: that of a leading plus, else the one with the calling code. */
export function inGroups(digits: string, callingCode?: string): string {
  if (grouping === undefined) return digits;
  return new grouping(callingCode === undefined ? undefined : { defaultCallingCode: callingCode }).input(digits);
}
