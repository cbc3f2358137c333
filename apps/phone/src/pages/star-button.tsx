import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { IconButton } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';

/** Puts somebody among the favourites, or takes them out. */
export function StarButton({ name, number }: { name: string; number: string }) {
  const words = useWords();
  const run = useRun();
  const { book } = usePhone();
  const list = usePhoneState((state) => state.favourites.list);
  const isFavourite = list.some((one) => one.number === number);
  const swap = (): void => {
    run(book.setFavourites(isFavourite ? list.filter((one) => one.number !== number) : [...list, { name, number }]));
  };
  return (
    <IconButton
      icon="star"
      className={isFavourite ? 'star on' : 'star'}
      label={`${words(isFavourite ? 'removeFavourite' : 'addFavourite')}: ${name}`}
      onClick={swap}
    />
  );
}
