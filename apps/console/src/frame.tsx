import { useEffect, useRef, useState } from 'react';
import { EntryPage } from './entry/entry-page.tsx';
import { ENTRY_KINDS } from './entry/kinds.ts';
import { Account } from './pages/account.tsx';
import { Administrators } from './pages/administrators.tsx';
import { Audit } from './pages/audit.tsx';
import { CallPage } from './pages/call.tsx';
import { Calls } from './pages/calls.tsx';
import { Classes } from './pages/classes.tsx';
import { Files } from './pages/files.tsx';
import { Gateways } from './pages/gateways.tsx';
import { Licences } from './pages/licences.tsx';
import { NewPerson } from './pages/new-person.tsx';
import { Overview } from './pages/overview.tsx';
import { People } from './pages/people.tsx';
import { PersonPage } from './pages/person.tsx';
import { StationPage } from './pages/station.tsx';
import { Stations } from './pages/stations.tsx';
import { Sync } from './pages/sync.tsx';
import { Trunks } from './pages/trunks.tsx';
import { useApp, useWords } from './state.tsx';
import type { Word } from './words.ts';

const PLACES: readonly Word[] = [
  'overview',
  'people',
  'stations',
  'sync',
  'licences',
  'gateways',
  'trunks',
  'classes',
  'calls',
  'audit',
  'files',
];

function pageOf(route: string): React.ReactNode {
  const station = /^stations\/(.+)$/.exec(route)?.[1];
  if (station !== undefined && station !== 'new') return <StationPage key={station} id={decodeURIComponent(station)} />;
  const call = /^calls\/(.+)$/.exec(route)?.[1];
  if (call !== undefined) return <CallPage key={call} id={decodeURIComponent(call)} />;
  const entry = /^([a-z-]+)\/(.+)$/.exec(route);
  const kind = ENTRY_KINDS.find(({ path }) => path === entry?.[1]);
  if (kind !== undefined) {
    const id = entry?.[2] === 'new' ? undefined : decodeURIComponent(entry?.[2] ?? '');
    return <EntryPage key={route} kind={kind} id={id} />;
  }
  const person = /^people\/(.+)$/.exec(route)?.[1];
  if (route === 'people/new') return <NewPerson />;
  if (person !== undefined) return <PersonPage key={person} id={decodeURIComponent(person)} />;
  switch (route) {
    case 'people':
      return <People />;
    case 'stations':
      return <Stations />;
    case 'sync':
      return <Sync />;
    case 'licences':
      return <Licences />;
    case 'gateways':
      return <Gateways />;
    case 'trunks':
      return <Trunks />;
    case 'classes':
      return <Classes />;
    case 'account':
      return <Account />;
    case 'calls':
      return <Calls />;
    case 'audit':
      return <Audit />;
    case 'files':
      return <Files />;
    case 'administrators':
      return <Administrators />;
    default:
      return <Overview />;
  }
}

function swapTheme(): void {
  const root = document.documentElement;
  const isDark =
    root.dataset.theme === 'dark' ||
    (root.dataset.theme === undefined && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = isDark ? 'light' : 'dark';
}

export function Frame({
  route,
  onLanguage,
  onSignOut,
}: {
  route: string;
  onLanguage: () => void;
  onSignOut: () => void;
}) {
  const words = useWords();
  const { session, isAdmin, language } = useApp();
  const [isOpen, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const places = isAdmin ? [...PLACES, 'administrators' as Word] : PLACES;
  const place = route.split('/')[0] || 'overview';
  const here = ENTRY_KINDS.find(({ path }) => path === place)?.listAt ?? place;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new page is announced
  useEffect(() => {
    setOpen(false);
    main.current?.querySelector('h1')?.focus();
    document.title = `${words(here)} · Unisono`;
  }, [route]);
  return (
    <div className="frame">
      <button type="button" className="skip" onClick={() => main.current?.querySelector('h1')?.focus()}>
        {words('skip')}
      </button>
      <header>
        <button
          type="button"
          className="quiet only-narrow"
          aria-expanded={isOpen}
          aria-controls="places"
          onClick={() => setOpen(!isOpen)}
        >
          ☰ {words('menu')}
        </button>
        <a className="brand" href="#/">
          Unisono
        </a>
        <span className="grow" />
        <a className="me" href="#/account" title={words('account')}>
          {session.name} · {words(`role.${session.role}`)}
        </a>
        <button type="button" className="quiet" onClick={swapTheme} aria-label={words('theme')} title={words('theme')}>
          ◐
        </button>
        <button type="button" className="quiet" lang={language === 'en' ? 'de' : 'en'} onClick={onLanguage}>
          {words('language')}
        </button>
        <button type="button" className="quiet sign-out" onClick={onSignOut}>
          {words('signOut')}
        </button>
      </header>
      <nav id="places" aria-label={words('menu')} className={isOpen ? 'open' : ''}>
        <ul>
          {places.map((place) => (
            <li key={place}>
              <a href={place === 'overview' ? '#/' : `#/${place}`} aria-current={here === place ? 'page' : undefined}>
                {words(place)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="content" ref={main}>
        {pageOf(route)}
      </main>
    </div>
  );
}
