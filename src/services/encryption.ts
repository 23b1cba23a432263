import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Conflict } from '../store/database/errors';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts texts so that only this service can decrypt them. */
export interface Sealer {
  close(text: string): string;
  /** Throws a `Conflict` where another secret closed it. */
  open(sealed: string): string;
}

/**
 * Returns the encryption of texts of one kind. Recorded answers hold new API keys and what customers buy; reading the
 * database must not reveal them.
 */
export function encryption(
  secret: string,
  kind: 'recorded answers' | 'demo keys' | 'webhook secrets' = 'recorded answers',
): Sealer {
  const key = Buffer.from(hkdfSync('sha256', secret, '', `offerbook ${kind}`, 32));
  return {
    close(text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
    },
    open(text) {
      const bytes = Buffer.from(text, 'base64');
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const opened = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
      try {
        return Buffer.concat([opened, decipher.final()]).toString('utf8');
      } catch {
        throw new Conflict('answer_unreadable', 'The first answer was recorded under another admin key.');
      }
    },
  };
}
