/** What separates the parts of an installation's user name; it is no part of an account's user name or an id. */
const SEPARATOR = '~';

/**
 * User name of one installation for SIP digest: `USERNAME~INSTALLATION~EXPIRES`, the last one seconds since 1970. It says whose it is,
 * so that one installation can be refused without the others, and until when it holds.
 */
export function clientUsername(username: string, installationId: string, expiresAtMs: number): string {
  return [username, installationId, Math.floor(expiresAtMs / 1000)].join(SEPARATOR);
}

/** What a user name of an installation says; undefined for any other user name. */
export function readClientUsername(
  text: string,
): { readonly username: string; readonly installationId: string; readonly expiresAtMs: number } | undefined {
  const match = /^([^~]+)~([^~]+)~(\d{1,12})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { username: match[1], installationId: match[2], expiresAtMs: Number(match[3]) * 1000 };
}

/**
 * Its password: HMAC-SHA-256 of the user name with the `key` of `perInstallation` credentials, base64url without padding. The
 * phone system computes the same and keeps nothing.
 */
export async function clientPassword(key: string, username: string): Promise<string> {
  const octets = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
  const hmac = await crypto.subtle.importKey('raw', octets, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signature = await crypto.subtle.sign('HMAC', hmac, new TextEncoder().encode(username));
  return base64url(new Uint8Array(signature));
}

/**
 * Fingerprint of uploaded data: SHA-256 of its JSON with sorted names, base64url. Both sides compare it instead of the data.
 */
export async function connectionDigest(data: unknown): Promise<string> {
  const text = new TextEncoder().encode(sortedJson(data));
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', text)));
}

/** What `connectionDigest` is the fingerprint of, for who hashes many by other means. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, member]) => `${JSON.stringify(name)}:${sortedJson(member)}`).join(',')}}`;
}

function base64url(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
