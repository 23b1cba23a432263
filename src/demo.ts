import { createHmac } from 'node:crypto';
import type { Knex } from 'knex';
import { type ApiKeyKind, createApiKey, findKeyOwner, hashToken, tokenOf } from './store/api-keys';
import { createProvider, listProviders } from './store/providers';

/** The demo provider's tokens. */
export interface DemoKeys {
  secret: string;
  publishable: string;
}

const DEMO = { id: 'demo', name: 'Demo Hosting', timeZone: 'Europe/Berlin', defaultLanguage: 'en' };

/** Gives an empty database the demo provider; answers its tokens where the database has it. */
export async function loadDemo(db: Knex, adminKey: string): Promise<DemoKeys | undefined> {
  await db.transaction(async (trx) => {
    if ((await listProviders(trx, { limit: 1 })).length > 0) return;
    const at = new Date();
    await createProvider(trx, DEMO, at);
    for (const kind of ['secret', 'publishable'] as const) {
      await createApiKey(trx, DEMO.id, { name: `Demo ${kind}`, kind }, at, demoBytes(adminKey, kind));
    }
  });
  const keys = {
    secret: tokenOf('secret', demoBytes(adminKey, 'secret')),
    publishable: tokenOf('publishable', demoBytes(adminKey, 'publishable')),
  };
  return (await findKeyOwner(db, hashToken(keys.secret))) && keys;
}

/** Derived from the admin key, so that a later start can print the same tokens although only hashes are stored. */
function demoBytes(adminKey: string, kind: ApiKeyKind): Buffer {
  return createHmac('sha256', adminKey).update(`demo ${kind}`).digest();
}
