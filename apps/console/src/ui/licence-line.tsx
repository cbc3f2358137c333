import type { Licences } from '../api.ts';
import { useWords } from '../state.tsx';
import { Badge } from './parts.tsx';

/** How many licences of a kind are free, where one is about to be taken. */
export function LicenceLine({ name, count }: { name: string; count: Licences['flex'] | undefined }) {
  const words = useWords();
  if (count === undefined) return null;
  return (
    <p>
      <Badge tone={count.freeCount > 0 ? 'good' : 'bad'}>
        {name}: {count.freeCount} {words('free')}
      </Badge>
    </p>
  );
}
