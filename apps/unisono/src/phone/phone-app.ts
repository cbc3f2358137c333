import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.ogg': 'audio/ogg',
  '.txt': 'text/plain; charset=utf-8',
};
const COMPRESSED = /^(text\/|application\/(json|manifest)|image\/svg)/;

/** Script and style of the page's own alone; calls and events go to where the connection data says. */
const POLICY = [
  "default-src 'self'",
  "connect-src 'self' https: wss:",
  "img-src 'self' data: blob:",
  "media-src 'self' blob: mediastream:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'Permissions-Policy': 'microphone=(self), camera=(self), speaker-selection=(self), screen-wake-lock=(self)',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

interface Held {
  readonly modifiedMs: number;
  readonly tag: string;
  readonly type: string;
  readonly plain: Buffer;
  readonly gzip: Buffer | undefined;
}

/**
 * Serves the built client app from its folder. Paths without a file are places within the app and get its page; files below
 * `/assets/` have their contents in their names and are kept for good.
 */
export function phoneApp(folder: string): RequestListener {
  const held = new Map<string, Held>();
  const fileOf = (path: string): Held | undefined => {
    const name = safeName(path);
    return name === undefined ? undefined : read(held, join(folder, name));
  };
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 405, 'Only GET is answered here.');
    const path = (request.url ?? '/').split(/[?#]/)[0] ?? '/';
    const isPlace = extname(path) === '';
    const file = fileOf(isPlace ? '/index.html' : path);
    if (file === undefined) return refuse(response, 404, 'There is nothing here.');
    send(request, response, file, path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  };
}

/** A path within the folder; undefined for one that would leave it or is no text. */
function safeName(path: string): string | undefined {
  let text: string;
  try {
    text = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const name = normalize(text);
  const isInside = name.startsWith('/') && !name.includes('\0') && !name.includes('\\') && !/(^|\/)\./.test(name);
  return isInside ? name : undefined;
}

/** Reads a file once, and again when it was changed. */
function read(held: Map<string, Held>, file: string): Held | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return undefined;
  const known = held.get(file);
  if (known?.modifiedMs === stat.mtimeMs) return known;
  const plain = readFileSync(file);
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  const made: Held = {
    modifiedMs: stat.mtimeMs,
    tag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    type,
    plain,
    gzip: COMPRESSED.test(type) ? gzipSync(plain, { level: 9 }) : undefined,
  };
  held.set(file, made);
  return made;
}

function send(request: IncomingMessage, response: ServerResponse, file: Held, caching: string): void {
  const headers = { ...HEADERS, 'Cache-Control': caching, ETag: file.tag, Vary: 'Accept-Encoding' };
  if (request.headers['if-none-match'] === file.tag) {
    response.writeHead(304, headers).end();
    return;
  }
  const isGzip = file.gzip !== undefined && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = isGzip && file.gzip ? file.gzip : file.plain;
  response.writeHead(200, {
    ...headers,
    'Content-Type': file.type,
    'Content-Length': body.length,
    ...(isGzip ? { 'Content-Encoding': 'gzip' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** A body that nobody asked for would be read as the next request: the connection ends with the answer. */
function refuse(response: ServerResponse, status: 404 | 405, text: string): void {
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    Connection: 'close',
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
  });
  response.end(`${text}\n`);
}
