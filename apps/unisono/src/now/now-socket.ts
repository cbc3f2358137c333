import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { NowPort } from '@unisono/assistant';
import type { Logger } from '@unisono/platform';

/** Socket of the data folder at which a gateway tells its Assistant what is going on. */
export const NOW_SOCKET = 'gateway.sock';

/** What changes too fast to be written down. Contacts are in the database. */
export type LiveNow = ReturnType<typeof answerOf>;

function answerOf(now: NowPort, mark: number) {
  return { calls: now.calls(), trunks: now.trunks(), changed: now.changedCalls(mark) };
}

/**
 * Tells who asks on the socket of calls and trunks of this moment. Only the owner of the data folder may ask. That it cannot be opened
 * is logged and keeps nobody from calling. Gives the function that ends it.
 */
export async function serveNow(path: string, now: NowPort, log: Logger): Promise<() => void> {
  const server = createServer((request, response) => {
    const mark = Number(new URL(request.url ?? '/', 'http://gateway').searchParams.get('after') ?? 0);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answerOf(now, mark)));
  });
  // The lock of the folder is ours, so a socket that lies there is what a killed process left.
  rmSync(path, { force: true });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path }, resolve);
    });
  } catch (err) {
    log.error({ err, path }, 'an Assistant of its own process will not see running calls');
  }
  server.unref();
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
