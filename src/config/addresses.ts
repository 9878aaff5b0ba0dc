/** Which addresses are safe for what. */
import { isIP } from 'node:net';

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

export function isPlainUrl(said: string): boolean {
  if (!URL.canParse(said)) return false;
  const { protocol, search, hash, username, password } = new URL(said);
  return /^https?:$/.test(protocol) && search + hash + username + password === '' && !/[?#]/.test(said);
}

export function isSafeUri(said: string): boolean {
  if (!URL.canParse(said)) return false;
  const { protocol, hostname } = new URL(said);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')));
}
