import { LinkError, type LinkErrorCode } from './link-error.ts';
import type { RouteToConnector } from './proxy.ts';

const CERTIFICATE_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const REASONS_OF_CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet: check the clock of this machine',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name',
};

/** What a failed connection means, in words for administrators: what happened, where, and what to do. */
export function explainFailure(error: unknown, route: RouteToConnector): LinkError {
  if (error instanceof LinkError) return error;
  const chain = [...causes(error)];
  const answer = proxyAnswer(chain);
  const proxy = route.proxy === undefined ? '' : new URL(route.proxy.url).host;
  if (answer === 407) return proxyCredentials(route, proxy, error);
  if (answer !== undefined)
    return made(
      'proxyRefused',
      `The proxy ${proxy} refused the connection to ${hostOf(route)} (${answer}). Ask who runs the proxy to allow it.`,
      error,
    );
  const certificate = chain.map(codeOf).find((code) => CERTIFICATE_CODES.has(code));
  if (certificate !== undefined) return wrongCertificate(certificate, chain, route, error);
  const [code = ''] = chain.map(codeOf).filter((one) => one !== '' && !one.startsWith('UND_ERR_ABORTED'));
  return unreachable(code, chain, route, proxy, error);
}

function proxyCredentials({ proxy }: RouteToConnector, host: string, cause: unknown): LinkError {
  const message =
    proxy?.username === undefined
      ? `The proxy ${host} wants a user name and a password (407): set assistant.proxy.username and password.`
      : `The proxy ${host} does not accept the user name and password that are configured (407): correct assistant.proxy.`;
  return made('proxyCredentials', message, cause);
}

function wrongCertificate(code: string, chain: readonly unknown[], route: RouteToConnector, cause: unknown): LinkError {
  const why = REASONS_OF_CERTIFICATES[code] ?? 'is not of an authority that is trusted here';
  const detail = chain.map(messageOf).find((text) => text !== '' && text !== 'fetch failed') ?? code;
  const remedy = REASONS_OF_CERTIFICATES[code]
    ? ''
    : ' If a proxy of your own opens TLS, or the Connector has a certificate of your own authority, name the file of that authority in assistant.ca.';
  return made('certificate', `The certificate of ${hostOf(route)} ${why} (${detail}).${remedy}`, cause);
}

function unreachable(
  code: string,
  chain: readonly unknown[],
  route: RouteToConnector,
  proxy: string,
  cause: unknown,
): LinkError {
  const host = proxy === '' ? hostOf(route) : `the proxy ${proxy}`;
  const setting = proxy === '' ? 'assistant.connector' : 'assistant.proxy';
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return made(
        'nameUnknown',
        `The name of ${host} cannot be resolved (${code}). Check ${setting} and the name server.`,
        cause,
      );
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
    case 'ETIMEDOUT':
      return made('timeout', `${sentence(host)} did not answer in time. Check ${setting} and the firewall.`, cause);
    case 'ECONNREFUSED':
      return made(
        proxy === '' ? 'unreachable' : 'proxyUnreachable',
        `Nobody answers at ${host} (connection refused). Check ${setting} and whether it is running.`,
        cause,
      );
    default: {
      const text = chain.map(messageOf).findLast((one) => one !== '') ?? String(cause);
      return made('unreachable', `The connection to ${host} failed: ${text}.`, cause);
    }
  }
}

function made(code: LinkErrorCode, message: string, cause: unknown): LinkError {
  return new LinkError(code, message, { cause });
}

function* causes(error: unknown): Generator<unknown> {
  let one = error;
  for (let depth = 0; depth < 8 && one !== undefined && one !== null; depth++) {
    yield one;
    if (one instanceof AggregateError) yield* one.errors;
    one = (one as { cause?: unknown }).cause;
  }
}

/** The status of the proxy's answer to CONNECT; undici tells it in the text of an error deep inside. */
function proxyAnswer(chain: readonly unknown[]): number | undefined {
  for (const one of chain) {
    const match = /Proxy response \((\d{3})\)/.exec(messageOf(one));
    if (match !== null && match[1] !== '200') return Number(match[1]);
  }
  return undefined;
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

function hostOf({ url }: RouteToConnector): string {
  return new URL(url).host;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
