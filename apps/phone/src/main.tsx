import { browserPorts, createPhone } from '@unisono/phone';
import { createRoot } from 'react-dom/client';
import { startAttention } from './browser/attention.ts';
import { browserMedia } from './browser/sound.ts';
import { startTelLinks } from './browser/tel-link.ts';
import { thisDevice } from './browser/this-device.ts';
import { update } from './browser/update.ts';
import { startPush, startWorker } from './browser/worker.ts';
import { Root } from './root.tsx';

/** Of a page that is served apart from its Connector: where that is. */
const connector = document.querySelector<HTMLMetaElement>('meta[name="unisono-connector"]')?.content;
const phone = createPhone({
  ports: browserPorts({ window, media: browserMedia(), ...(connector === undefined ? {} : { connector }) }),
  ...thisDevice(),
});
startTelLinks();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Root phone={phone} />);
startAttention(phone);
phone.start();
startWorker(update.offer);
startPush(phone);
