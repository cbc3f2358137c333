import { ask } from '../api.ts';
import { useWords } from '../state.tsx';
import { Badge } from './parts.tsx';

/** Whether colleagues find a number in the directory. */
export function Listing({ isUnlisted }: { isUnlisted: boolean }) {
  const words = useWords();
  return (
    <Badge tone={isUnlisted ? 'plain' : 'good'}>{words(isUnlisted ? 'listing.unlisted' : 'listing.listed')}</Badge>
  );
}

interface ListingSwitchProps {
  /** Its id. */
  readonly station: string;
  /** Told to those who cannot see in which line the button is. */
  readonly of?: string;
  readonly isUnlisted: boolean;
  readonly isBusy: boolean;
  readonly run: (work: () => Promise<unknown>) => void;
}

/** Takes a number out of the directory of colleagues, or puts it in again. */
export function ListingSwitch({ station, of, isUnlisted, isBusy, run }: ListingSwitchProps) {
  const words = useWords();
  const unlisted = isUnlisted ? null : true;
  // Whoever clicks means this one thing, whatever else was changed of the station meanwhile.
  const put = () => ask('PATCH', `stations/${encodeURIComponent(station)}`, { unlisted }, { 'if-match': '*' });
  const text = words(isUnlisted ? 'listing.show' : 'listing.hide');
  return (
    <button
      type="button"
      disabled={isBusy}
      onClick={() => run(put)}
      {...(of === undefined ? {} : { 'aria-label': `${text}: ${of}` })}
    >
      {text}
    </button>
  );
}
