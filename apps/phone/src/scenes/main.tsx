/** The real screens on a phone without a network: for tests and pictures. `window.fake` is what the outside world does. */
import { createFakePhone, type FakePhone } from '@unisono/phone';
import { createRoot } from 'react-dom/client';
import { startAttention } from '../browser/attention.ts';
import { Root } from '../root.tsx';
import { callsElsewhere, firstScene } from './people.ts';

declare global {
  interface Window {
    fake: FakePhone;
    callsElsewhere: typeof callsElsewhere;
  }
}

const phone = createFakePhone(firstScene());
window.fake = phone;
window.callsElsewhere = callsElsewhere;
startAttention(phone);
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Root phone={phone} />);
