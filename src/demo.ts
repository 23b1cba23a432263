import fs from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import type { Condition } from './engine/conditions/index';
import type { PromoCodeInput } from './engine/rulebook/promo-code';
import { noImpact } from './engine/simulation/impact';
import { projectRoot } from './project-root';
import { encryption } from './services/encryption';
import { giveGrant } from './services/redeeming/grants';
import { newSecret } from './services/webhooks/signing';
import { createCustomType } from './store/catalog/custom-types';
import { createDiscount } from './store/catalog/discounts';
import { createPlan } from './store/catalog/plans';
import { createPromotion } from './store/catalog/promotions';
import { createRelatedProduct } from './store/catalog/related-products';
import { createTag } from './store/catalog/tags';
import { createUpgradePath } from './store/catalog/upgrade-paths';
import { Conflict } from './store/database/errors';
import { testEventId } from './store/events/feed';
import { createPromoCode } from './store/promo-codes/promo-codes';
import type { ApiKeyKind } from './store/providers/api-key';
import { createApiKey, keepSealedToken, listSealedTokens } from './store/providers/api-keys';
import { bumpCatalogVersion, createProvider, listProviders } from './store/providers/providers';
import { createSimulation } from './store/simulations/simulations';
import { createDeliveries, type EventToDeliver } from './store/webhooks/deliveries';
import { createWebhook, type WebhookInput } from './store/webhooks/webhooks';
import type { CatalogDocument } from './store/whole-catalog/document';

/** The demo provider's tokens. */
export interface DemoKeys {
  secret: string;
  publishable: string;
}

const DEMO = { id: 'demo', name: 'Demo Hosting', timeZone: 'Europe/Berlin', defaultLanguage: 'en' };

/**
 * The examples of the published document must work as they stand. A catalog entry is addressed by its key, but a
 * condition and an API key have none, so those that an example is about get an id that is known beforehand: the first
 * condition of these entries, and a key that nobody uses.
 */
const KNOWN_CONDITION_IDS: Readonly<Record<string, string>> = {
  'first-payments': '00000000-0000-7000-8000-000000000001',
  loyalty: '00000000-0000-7000-8000-000000000002',
  backup: '00000000-0000-7000-8000-000000000003',
};
const KNOWN_API_KEY_ID = '00000000-0000-7000-8000-000000000004';
/** A discount without conditions, which grants may be given of, and the grant that a customer was given of it. */
const GRANTED_DISCOUNT = { key: 'reseller', id: '00000000-0000-7000-8000-000000000005' };
const KNOWN_GRANT_ID = '00000000-0000-7000-8000-000000000006';
/** A webhook that is not active, so that the demo sends nothing, and a test that it was sent. */
const KNOWN_WEBHOOK_ID = '00000000-0000-7000-8000-000000000007';
const KNOWN_DELIVERY_ID = '00000000-0000-7000-8000-000000000008';
/** A simulation that has ended: of no orders, since the demo has none. */
const KNOWN_SIMULATION_ID = '00000000-0000-7000-8000-000000000009';

/** Loads the demo provider and its catalog into an empty database; returns its tokens if the database has it. */
export async function loadDemo(db: Knex, adminKey: string): Promise<DemoKeys | undefined> {
  if (await isEmpty(db)) {
    await db.transaction(async (trx) => {
      // Of several processes that start on an empty database at the same time one loads the demo, the others wait.
      await trx.raw('lock table providers in share row exclusive mode');
      if (await isEmpty(trx)) await createDemo(trx, adminKey, new Date());
    });
  }
  return keptKeys(db, adminKey);
}

async function isEmpty(db: Knex): Promise<boolean> {
  return (await listProviders(db, { limit: 1 })).length === 0;
}

async function createDemo(trx: Knex.Transaction, adminKey: string, at: Date): Promise<void> {
  await createProvider(trx, DEMO, at);
  for (const kind of ['secret', 'publishable'] as const) {
    const { id, token } = await createApiKey(trx, DEMO.id, { name: `Demo ${kind}`, kind }, at);
    await keepSealedToken(trx, DEMO.id, id, encryption(adminKey, 'demo keys').close(token));
  }
  const unused = await createApiKey(trx, DEMO.id, { name: 'Not in use, to be revoked', kind: 'publishable' }, at);
  await rename(trx, 'api_keys', unused.id, KNOWN_API_KEY_ID);
  await createCatalog(trx, at);
  await createHook(trx, adminKey, at);
  await createEndedSimulation(trx, at);
  await bumpCatalogVersion(trx, DEMO.id);
}

async function createCatalog(trx: Knex.Transaction, at: Date): Promise<void> {
  // A test sends every entry of it through the API.
  const catalog = readExample<CatalogDocument>('catalog.json');
  const promoCodes = readExample<Record<string, PromoCodeInput[]>>('promo-codes.json');
  for (const tag of catalog.tags) await createTag(trx, DEMO.id, tag, at);
  for (const plan of catalog.plans) await createPlan(trx, DEMO.id, plan, at);
  for (const type of catalog.conditionTypes ?? []) await createCustomType(trx, DEMO.id, 'condition', type, at);
  for (const type of catalog.discountTypes ?? []) await createCustomType(trx, DEMO.id, 'value', type, at);
  for (const input of catalog.promotions) {
    const promotion = await createPromotion(trx, DEMO.id, input, at);
    for (const code of promoCodes[input.key ?? ''] ?? []) await createPromoCode(trx, DEMO.id, promotion.id, code, at);
    await renameCondition(trx, promotion);
  }
  for (const input of catalog.discounts) await renameCondition(trx, await createDiscount(trx, DEMO.id, input, at));
  for (const input of catalog.relatedProducts) {
    await renameCondition(trx, await createRelatedProduct(trx, DEMO.id, input, at));
  }
  await giveGrants(trx, at);
  for (const input of catalog.upgradePaths) await createUpgradePath(trx, DEMO.id, input, at);
}

async function createHook(trx: Knex.Transaction, adminKey: string, at: Date): Promise<void> {
  const input: WebhookInput = {
    url: 'https://erp.example/hooks',
    events: ['redemption.confirmed'],
    status: 'disabled',
  };
  const secret = encryption(adminKey, 'webhook secrets').close(newSecret());
  const { id } = await createWebhook(trx, DEMO.id, input, secret, at);
  await rename(trx, 'webhooks', id, KNOWN_WEBHOOK_ID);
  const test: EventToDeliver = { id: await testEventId(trx), type: 'webhook.test' };
  const [delivery] = await createDeliveries(trx, DEMO.id, KNOWN_WEBHOOK_ID, [test], at);
  const delivered = {
    status: 'delivered',
    next_at: null,
    attempts: 1,
    attempted_at: at,
    answer_status: 200,
    answer_body: 'ok',
  };
  await trx('webhook_deliveries')
    .where({ provider_id: DEMO.id, id: delivery?.id })
    .update({ ...delivered, id: KNOWN_DELIVERY_ID });
}

async function createEndedSimulation(trx: Knex.Transaction, at: Date): Promise<void> {
  const input = { draft: {}, from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' };
  const { id } = await createSimulation(trx, DEMO.id, input, at);
  const ended = { status: 'done', draft: null, tally: JSON.stringify(noImpact()), catalog_version: 0, finished_at: at };
  await trx('simulations')
    .where({ provider_id: DEMO.id, id })
    .update({ ...ended, id: KNOWN_SIMULATION_ID });
}

async function giveGrants(trx: Knex.Transaction, at: Date): Promise<void> {
  await trx('discounts').where({ provider_id: DEMO.id, key: GRANTED_DISCOUNT.key }).update({ id: GRANTED_DISCOUNT.id });
  const note = 'Sorry for the outage';
  const given = await giveGrant(trx, DEMO.id, { customerId: 'customer-42', discountId: GRANTED_DISCOUNT.id, note }, at);
  await rename(trx, 'grants', given.id, KNOWN_GRANT_ID);
}

async function renameCondition(
  trx: Knex.Transaction,
  owner: { key?: string; conditions?: Condition[] },
): Promise<void> {
  const known = KNOWN_CONDITION_IDS[owner.key ?? ''];
  if (known !== undefined) await rename(trx, 'conditions', owner.conditions?.[0]?.id, known);
}

async function rename(trx: Knex.Transaction, table: string, id: string | undefined, known: string): Promise<void> {
  await trx(table).where({ provider_id: DEMO.id, id }).update({ id: known });
}

function readExample<T>(file: string): T {
  return JSON.parse(fs.readFileSync(path.join(projectRoot, 'examples', file), 'utf8')) as T;
}

/**
 * The tokens are random, because one that is derived from the admin key would help to guess it; they are sealed
 * by it, so that a later start can print them again.
 */
async function keptKeys(db: Knex, adminKey: string): Promise<DemoKeys | undefined> {
  const { open } = encryption(adminKey, 'demo keys');
  const tokens = new Map<ApiKeyKind, string>();
  for (const { kind, sealedToken } of await listSealedTokens(db, DEMO.id)) {
    try {
      tokens.set(kind, open(sealedToken));
    } catch (error) {
      // Sealed by an earlier admin key: the keys still work, for those who know them.
      if (!(error instanceof Conflict)) throw error;
    }
  }
  const [secret, publishable] = [tokens.get('secret'), tokens.get('publishable')];
  return secret !== undefined && publishable !== undefined ? { secret, publishable } : undefined;
}
