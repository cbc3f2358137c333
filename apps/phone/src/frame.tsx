import { lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { announcer } from './announcer.ts';
import { useIsWide } from './browser/media-query.ts';
import { useShortcuts } from './browser/shortcuts.ts';
import { CallAnnouncements } from './call/announce-calls.tsx';
import { CallBar } from './call/call-bar.tsx';
import { Stage } from './call/stage.tsx';
import { onStage } from './call/which.ts';
import { Head } from './head.tsx';
import { Devices } from './pages/devices.tsx';
import { Favourites } from './pages/favourites.tsx';
import { Keypad } from './pages/keypad.tsx';
import { More } from './pages/more.tsx';
import { Recent } from './pages/recent.tsx';
import { Voicemail } from './pages/voicemail.tsx';
import { usePhoneState } from './phone-context.ts';
import { StateLine } from './state-line.tsx';
import { Tabs } from './tabs.tsx';
import { type Place, usePlace } from './ui/route.ts';
import { useWords, type Word } from './words/index.ts';

// What is opened seldom comes when it is opened (and is in the shell of the installed app).
const Routing = lazy(() => import('./pages/routing.tsx').then(({ Routing: page }) => ({ default: page })));
const Settings = lazy(() => import('./pages/settings.tsx').then(({ Settings: page }) => ({ default: page })));

const PAGES: Readonly<Record<Place, React.ComponentType>> = {
  keypad: Keypad,
  recent: Recent,
  favourites: Favourites,
  voicemail: Voicemail,
  routing: Routing,
  devices: Devices,
  settings: Settings,
  more: More,
};
const TITLES: Readonly<Partial<Record<Place, Word>>> = { routing: 'routingLong', devices: 'devicesLong' };

export function Frame() {
  const words = useWords();
  const isWide = useIsWide();
  const place = usePlace();
  const { isCovered, hide, show } = useCover(isWide);
  const main = useRef<HTMLElement>(null);
  const stage = useRef<HTMLElement>(null);
  const Page = PAGES[place];
  useShortcuts();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new page is announced, the first one is not
  useEffect(() => {
    main.current?.scrollTo(0, 0);
    if (document.activeElement !== document.body) main.current?.querySelector('h1')?.focus();
  }, [place]);
  useFocusOfCover(isCovered, stage, main);
  useKeptFocus(stage);
  useFocusOnCall(stage);
  // Where it is seen: before the page on a desk, below it on a telephone.
  const tabs = <Tabs place={place} isWide={isWide} isInert={isCovered} />;
  return (
    <div className={place === 'routing' || place === 'settings' ? 'frame broad' : 'frame'}>
      <CallAnnouncements />
      <Head isInert={isCovered} onSkip={() => main.current?.querySelector('h1')?.focus()} />
      <StateLine />
      {isWide && tabs}
      <main className="page" ref={main} inert={isCovered} aria-label={words(TITLES[place] ?? place)}>
        <Suspense fallback={<p className="soft">{words('loading')}</p>}>
          <Page />
        </Suspense>
      </main>
      <section
        className={isCovered ? 'stage shown' : 'stage'}
        ref={stage}
        tabIndex={-1}
        role={isCovered ? 'main' : undefined}
        aria-label={words('calls')}
      >
        {(isWide || isCovered) && <Stage onHide={isWide ? undefined : hide} />}
      </section>
      {!isWide && !isCovered && <CallBar onShow={show} />}
      {!isWide && tabs}
      <Toast />
    </div>
  );
}

/** On a telephone a call covers everything, until it is made small; a new one covers again. */
function useCover(isWide: boolean): { isCovered: boolean; hide: () => void; show: () => void } {
  const { incoming, main, ended } = onStage(usePhoneState((state) => state.calls));
  const [hiddenId, setHiddenId] = useState<string>();
  const call = incoming ?? main;
  const isHidden = incoming === undefined && hiddenId !== undefined && hiddenId === call?.id;
  return {
    isCovered: !isWide && ((call !== undefined && !isHidden) || (ended !== undefined && ended.id !== hiddenId)),
    hide: () => setHiddenId(call?.id),
    show: () => setHiddenId(undefined),
  };
}

/** The focus goes to the call that covers the page, and back into the page when that is over or made small. */
function useFocusOfCover(
  isCovered: boolean,
  stage: React.RefObject<HTMLElement | null>,
  main: React.RefObject<HTMLElement | null>,
): void {
  const wasCovered = useRef(false);
  useEffect(() => {
    const { activeElement } = document;
    const isLost = activeElement === document.body || stage.current?.contains(activeElement);
    if (isCovered) stage.current?.focus();
    else if (wasCovered.current && isLost) main.current?.querySelector('h1')?.focus();
    wasCovered.current = isCovered;
  }, [isCovered, stage, main]);
}

/** A button that had the focus and went with its call leaves the focus with the calls, not at the top of the page. */
function useKeptFocus(stage: React.RefObject<HTMLElement | null>): void {
  const calls = usePhoneState((state) => state.calls);
  const wasInStage = useRef(false);
  useEffect(() => {
    const moved = ({ target }: FocusEvent): void => {
      wasInStage.current = target instanceof Node && stage.current?.contains(target) === true;
    };
    addEventListener('focusin', moved);
    return () => removeEventListener('focusin', moved);
  }, [stage]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at after each change of the calls
  useEffect(() => {
    if (wasInStage.current && document.activeElement === document.body) stage.current?.focus();
  }, [calls]);
}

/** A call that begins here takes the focus: the keys that mute, dial on and end it work at once, and nothing is typed elsewhere. */
function useFocusOnCall(stage: React.RefObject<HTMLElement | null>): void {
  const mainId = usePhoneState((state) => onStage(state.calls).main?.id);
  const wasId = useRef(mainId);
  useEffect(() => {
    const isNew = mainId !== undefined && mainId !== wasId.current;
    wasId.current = mainId;
    if (!isNew || !document.hasFocus() || document.querySelector('dialog[open]') !== null) return;
    if (stage.current?.contains(document.activeElement) !== true) stage.current?.focus();
  }, [mainId, stage]);
}

/** What was told in passing. */
function Toast() {
  const words = useWords();
  const said = useSyncExternalStore(announcer.subscribe, announcer.get);
  return (
    <div className="toast" role="alert">
      {said !== undefined && (
        <p className={`box ${said.tone}`}>
          <span>{said.text}</span>
          <button type="button" className="button quiet small" onClick={announcer.clear}>
            {words('close')}
          </button>
        </p>
      )}
    </div>
  );
}
