import { isIP } from 'node:net';
import type { FieldError } from '../../engine/vocabulary/problem';
import { isPublicAddress } from './addresses';

/** Finds what is wrong with a receiver's URL; where a name leads is looked up anew whenever something is sent. */
export function checkReceiver({ url }: { url: string }, allowPrivate: boolean): FieldError[] {
  const refuse = (code: string, detail: string): FieldError[] => [{ pointer: '/url', code, detail }];
  if (!URL.canParse(url)) return refuse('format', 'must be an absolute URL');
  const { protocol, username, password, hash, hostname } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return refuse('scheme', 'must begin with https:// or http://');
  if (username !== '' || password !== '') return refuse('credentials', 'must name no user and no password');
  if (hash !== '') return refuse('fragment', 'must have no fragment');
  const host = hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) {
    return refuse('private_address', 'must be an address of the public Internet');
  }
  return [];
}
