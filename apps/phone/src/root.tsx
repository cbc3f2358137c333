import { groupingReady, type Phone } from '@unisono/phone';
import { lazy, Suspense, useEffect, useReducer, useState } from 'react';
import { Frame } from './frame.tsx';
import { PhoneContext, usePhoneState } from './phone-context.ts';
import { usePreferences } from './ui/preferences.ts';
import { LanguageContext, useWords } from './words/index.ts';
import './style/base.css';
import './style/frame.css';
import './style/parts.css';
import './style/faces.css';
import './style/forms.css';
import './style/stage.css';
import './style/controls.css';
import './style/pages.css';
import './style/small.css';
import './style/forced.css';

const FactorDue = lazy(() => import('./pages/factor-due.tsx').then(({ FactorDue: page }) => ({ default: page })));
const SignIn = lazy(() => import('./pages/sign-in.tsx').then(({ SignIn: page }) => ({ default: page })));

export function Root({ phone }: { phone: Phone }) {
  const { language, theme } = usePreferences();
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    groupingReady.then(drawAgain);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    const media = matchMedia('(prefers-color-scheme: dark)');
    const apply = (): void => {
      const isDark = theme === 'dark' || (theme === 'system' && media.matches);
      document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    };
    apply();
    media.addEventListener('change', apply);
    return () => media.removeEventListener('change', apply);
  }, [theme]);
  return (
    <LanguageContext value={language}>
      <PhoneContext value={phone}>
        <Session />
      </PhoneContext>
    </LanguageContext>
  );
}

function Session() {
  const words = useWords();
  const phase = usePhoneState((state) => state.session.phase);
  // A mailed link is for whoever reads it, also where somebody is signed in.
  const [hasLink, setHasLink] = useState(() => /^\/(welcome|password)$/.test(location.pathname));
  const isFactorDue = usePhoneState((state) => state.me?.isFactorDue === true);
  // Its last page shows the recovery codes, when it is not due any more.
  const [isSettingUp, setSettingUp] = useState(false);
  if (isFactorDue && !isSettingUp) setSettingUp(true);
  if (phase === 'signedOut' && isSettingUp) setSettingUp(false);
  // Nothing for the moment in which the stored session is read.
  if (phase === 'starting') return <output className="unseen">{words('loading')}</output>;
  if (phase === 'signedIn' && isSettingUp && !hasLink)
    return (
      <Suspense fallback={null}>
        <FactorDue onDone={() => setSettingUp(false)} />
      </Suspense>
    );
  if (phase === 'signedIn' && !hasLink) return <Frame />;
  return (
    <Suspense fallback={null}>
      <SignIn onLinkEnd={() => setHasLink(false)} />
    </Suspense>
  );
}
