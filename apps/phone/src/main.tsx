import { browserPorts, createPhone, type Phone } from '@unisono/phone';
import { createRoot } from 'react-dom/client';
import { startAttention } from './browser/attention.ts';
import { browserMedia } from './browser/sound.ts';
import { startTelLinks } from './browser/tel-link.ts';
import { thisDevice } from './browser/this-device.ts';
import { update } from './browser/update.ts';
import { startWorker } from './browser/worker.ts';
import { Root } from './root.tsx';

const phone = createPhone({ ports: browserPorts({ window, media: browserMedia() }), ...thisDevice() });
startTelLinks();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Root phone={phone} />);
startAttention(phone);
phone.start().then(() => finishOidc(phone));
startWorker(update.offer);

/** Back from the company's own sign-in: the answer is in the address. */
async function finishOidc({ signIn }: Phone): Promise<void> {
  const { searchParams, href } = new URL(location.href);
  if (!searchParams.has('state') || !(searchParams.has('code') || searchParams.has('error'))) return;
  history.replaceState(null, '', '/');
  await signIn.finishOidc(href);
}
