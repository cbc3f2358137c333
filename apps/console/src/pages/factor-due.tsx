import { get, type Session } from '../api.ts';
import { useWords } from '../state.tsx';
import { SecondFactor } from './second-factor.tsx';

interface Props {
  readonly onDone: (session: Session) => void;
  readonly onLanguage: () => void;
  readonly onSignOut: () => void;
}

/** Where a second factor is required: everything else comes when it is on. */
export function FactorDue({ onDone, onLanguage, onSignOut }: Props) {
  const words = useWords();
  return (
    <main className="alone">
      <h1>{words('title')}</h1>
      <SecondFactor onOn={() => void get<Session>('session').then(onDone)} />
      <button type="button" className="quiet" onClick={onLanguage}>
        {words('language')}
      </button>
      <button type="button" className="quiet" onClick={onSignOut}>
        {words('signOut')}
      </button>
    </main>
  );
}
