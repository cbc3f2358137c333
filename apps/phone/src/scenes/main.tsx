/** The real screens on a phone without a network: for tests and pictures. `window.fake` is what the outside world does. */
import { createFakePhone, type FakePhone, groupingReady } from '@unisono/phone';
import { createRoot } from 'react-dom/client';
import { startAttention } from '../browser/attention.ts';
import { startTelLinks } from '../browser/tel-link.ts';
import { Root } from '../root.tsx';
import { setPreferences } from '../ui/preferences.ts';
import { callsElsewhere, firstScene } from './people.ts';

declare global {
  interface Window {
    fake: FakePhone;
    callsElsewhere: typeof callsElsewhere;
  }
}

// The question comes once; the screens are looked at without it, save for the one that shows it.
if (!location.search.includes('ask')) setPreferences({ isAsked: true });
const phone = createFakePhone(firstScene());
window.fake = phone;
window.callsElsewhere = callsElsewhere;
startAttention(phone);
startTelLinks();
// Pictures and tests see numbers as they are shown for good.
await groupingReady;
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Root phone={phone} />);
