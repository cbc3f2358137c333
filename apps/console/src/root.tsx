import { useCallback, useEffect, useState } from 'react';
import { ask, get, type Session, setSession } from './api.ts';
import { Frame } from './frame.tsx';
import { FactorDue } from './pages/factor-due.tsx';
import { SetUp } from './pages/set-up.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { AppContext, LanguageContext } from './state.tsx';
import type { Language } from './words.ts';

function storedLanguage(): Language {
  const stored = localStorage.getItem('language');
  if (stored === 'en' || stored === 'de') return stored;
  return navigator.language.startsWith('de') ? 'de' : 'en';
}

/** The part of the address behind `#/`. */
export function useRoute(): string {
  const [route, setRoute] = useState(() => location.hash.slice(2));
  useEffect(() => {
    const changed = (): void => setRoute(location.hash.slice(2));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}

export function Root() {
  const route = useRoute();
  const [language, setLanguage] = useState(storedLanguage);
  const [session, setSessionState] = useState<Session | null>();
  const begin = useCallback((one: Session | null): void => {
    setSession(one?.csrf ?? '', () => setSessionState(null));
    setSessionState(one);
  }, []);
  useEffect(() => {
    get<Session>('session').then(begin, () => begin(null));
  }, [begin]);
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem('language', language);
  }, [language]);
  if (session === undefined) return null;
  const swap = (): void => setLanguage(language === 'en' ? 'de' : 'en');
  const secret = /^setup\/([\w-]+)$/.exec(route)?.[1];
  const leave = (): void => {
    ask('DELETE', 'session').finally(() => begin(null));
  };
  return (
    <LanguageContext value={language}>
      {secret !== undefined ? (
        <SetUp secret={secret} onDone={begin} onLanguage={swap} />
      ) : session === null ? (
        <SignIn onDone={begin} onLanguage={swap} />
      ) : session.isFactorDue ? (
        <FactorDue onDone={begin} onLanguage={swap} onSignOut={leave} />
      ) : (
        <AppContext
          value={{ language, session, mayChange: session.role !== 'readOnly', isAdmin: session.role === 'admin' }}
        >
          <Frame route={route} onLanguage={swap} onSignOut={leave} />
        </AppContext>
      )}
    </LanguageContext>
  );
}
