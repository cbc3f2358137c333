import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

export interface DoorPageOptions {
  /** The authority that made our certificate, PEM; absent with a certificate that everybody trusts. */
  readonly authority?: string | undefined;
  /** Whether calls can be made: a gateway is there, and media. */
  readonly isReady: () => boolean;
  /** Answers what is not the door's own: the client app. Without it such requests get 404. */
  readonly app?: RequestListener | undefined;
}

const COMMON_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/** Where the page is, also when the client app has the rest. */
const TRUST_PATH = '/trust';

/**
 * Answers HTTP on the port of secure WebSockets: a page that says what this is and how to trust its certificate, the
 * authority's certificate, and `/health` for whoever watches.
 */
export function doorPage(options: DoorPageOptions): RequestListener {
  return (request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (path === '/health' && isRead) return health(response, options.isReady());
    if (path === '/ca.pem' && isRead && options.authority !== undefined) return authority(response, options.authority);
    if (options.app && path !== TRUST_PATH) return options.app(request, response);
    if ((path !== '/' && path !== TRUST_PATH) || !isRead) return notHere(response, isRead);
    send(response, 200, 'text/html; charset=utf-8', page(languageOf(request), options), {
      'Content-Security-Policy': PAGE_POLICY,
      Vary: 'Accept-Language',
    });
  };
}

function health(response: ServerResponse, isReady: boolean): void {
  const status = isReady ? 'ready' : 'unavailable';
  send(response, isReady ? 200 : 503, 'application/json', `${JSON.stringify({ status })}\n`, {
    'Cache-Control': 'no-store',
  });
}

function authority(response: ServerResponse, pem: string): void {
  send(response, 200, 'application/x-x509-ca-cert', pem, {
    'Content-Disposition': 'attachment; filename="unisono-ca.pem"',
  });
}

function notHere(response: ServerResponse, isRead: boolean): void {
  if (isRead) send(response, 404, 'text/plain; charset=utf-8', 'There is nothing here.\n');
  else send(response, 405, 'text/plain; charset=utf-8', 'Only GET is answered here.\n', { Allow: 'GET, HEAD' });
}

/** A body that nobody asked for would be read as the next request: the connection ends with the answer. */
function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...COMMON_HEADERS,
    ...headers,
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  });
  response.end(body);
}

type Language = 'en' | 'de';

function languageOf({ headers }: IncomingMessage): Language {
  return /^\s*de\b/i.test(headers['accept-language'] ?? '') ? 'de' : 'en';
}

interface Words {
  readonly title: string;
  readonly what: string;
  readonly state: (isReady: boolean) => string;
  readonly trust: string;
  readonly seen: string;
  readonly download: string;
  readonly steps: readonly string[];
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    title: 'Unisono border',
    what: 'Web and mobile clients and phones outside the office connect here.',
    state: (isReady) => (isReady ? 'Calls can be made.' : 'No gateway or no media engine is there at the moment.'),
    trust: 'Trust this certificate',
    seen: 'It was made by the own authority of this system. That you read this page means that your browser accepts it for now; programs do not until they trust the authority.',
    download: 'Download the certificate of the authority',
    steps: [
      'Windows: open the file, "Install certificate", "Trusted Root Certification Authorities".',
      'macOS: open the file, find it in Keychain Access, "Always trust".',
      'Linux: copy it to /usr/local/share/ca-certificates/unisono.crt and run update-ca-certificates.',
      'Firefox: Settings, Privacy and Security, View Certificates, Authorities, Import.',
    ],
  },
  de: {
    title: 'Unisono-Grenze',
    what: 'Hier verbinden sich Web- und Mobilclients und Telefone außerhalb des Büros.',
    state: (isReady) => (isReady ? 'Gespräche sind möglich.' : 'Zurzeit fehlt ein Gateway oder die Medienmaschine.'),
    trust: 'Diesem Zertifikat vertrauen',
    seen: 'Es stammt von der eigenen Zertifizierungsstelle dieses Systems. Dass Sie diese Seite lesen, heißt, dass Ihr Browser es vorläufig annimmt; Programme tun das erst, wenn sie der Stelle vertrauen.',
    download: 'Zertifikat der Stelle herunterladen',
    steps: [
      'Windows: Datei öffnen, „Zertifikat installieren“, „Vertrauenswürdige Stammzertifizierungsstellen“.',
      'macOS: Datei öffnen, in der Schlüsselbundverwaltung „Immer vertrauen“ wählen.',
      'Linux: nach /usr/local/share/ca-certificates/unisono.crt kopieren und update-ca-certificates ausführen.',
      'Firefox: Einstellungen, Datenschutz & Sicherheit, Zertifikate anzeigen, Zertifizierungsstellen, Importieren.',
    ],
  },
};

function page(language: Language, { authority: pem, isReady }: DoorPageOptions): string {
  const words = WORDS[language];
  const steps = words.steps.map((step) => `<li>${step}</li>`).join('');
  const trust =
    pem === undefined
      ? ''
      : `<h2>${words.trust}</h2><p>${words.seen}</p><p><a href="/ca.pem">${words.download}</a></p><ul>${steps}</ul>`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title}</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}</style>
</head><body><main><h1>${words.title}</h1><p>${words.what}</p><p>${words.state(isReady())}</p>${trust}</main></body></html>
`;
}
