import { randomBytes } from 'node:crypto';
import { Webhook as Signer } from 'standardwebhooks';

const PREFIX = 'whsec_';

/** Returns a new secret, as Standard Webhooks writes one. */
export function newSecret(): string {
  return PREFIX + randomBytes(24).toString('base64');
}

/** Returns the headers of a message by Standard Webhooks; one signature by each secret, so that receivers can change over. */
export function signedHeaders(id: string, at: Date, body: string, secrets: readonly string[]): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Signer(secret).sign(id, at, body)).join(' '),
  };
}
