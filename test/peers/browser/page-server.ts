/** Serves the softphone page on loopback, which browsers take for a secure origin. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build, type Rolldown } from 'vite';

const PAGE = join(import.meta.dirname, 'page', 'phone.ts');
const HTML =
  '<!doctype html><meta charset="utf-8"><title>A softphone</title><script type="module" src="/phone.js"></script>';

let bundle: Promise<string> | undefined;

/** The page's script in one piece, made once for each process. */
function script(): Promise<string> {
  bundle ??= build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: PAGE, formats: ['es'], fileName: 'phone' } },
  }).then((made) => {
    const { output } = (made as Rolldown.RolldownOutput[])[0] ?? (made as Rolldown.RolldownOutput);
    return output[0].code;
  });
  return bundle;
}

export interface PageServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): Promise<void>;
}

export async function startPageServer(): Promise<PageServer> {
  const code = await script();
  const server = createServer((request, response) => {
    const isScript = request.url === '/phone.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? code : HTML);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
