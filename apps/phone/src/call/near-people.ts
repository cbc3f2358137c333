import { usePhoneState } from '../phone-context.ts';

/** Somebody who is likely to be called. */
export interface NearPerson {
  readonly name: string;
  readonly number: string;
  readonly presence?: string | undefined;
}

/** Favourites, then those of the last calls whose names are known; never oneself. */
export function useNearPeople(limit: number): readonly NearPerson[] {
  const own = usePhoneState((state) => state.desk?.number);
  const favourites = usePhoneState((state) => state.favourites.list);
  const entries = usePhoneState((state) => state.history.entries);
  const recent = entries.flatMap(({ party: { name, number } }) =>
    name === undefined || number === undefined ? [] : [{ name, number }],
  );
  // Of two with the same number the last one counts, at the first one's place: what favourites are doing is known.
  const people = [...new Map([...favourites, ...recent, ...favourites].map((one) => [one.number, one])).values()];
  return people.filter(({ number }) => number !== own).slice(0, limit);
}
