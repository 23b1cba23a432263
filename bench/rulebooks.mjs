/**
 * What rulebooks cost that are not in memory: a miss, a cache that is too small, and one large catalog. Prints one JSON
 * document. `node bench/rulebooks.mjs [build]` measures another build of the service, so that two can be compared in turns.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { AT, cartsOf, catalogOf } from './workload.mjs';

const root = path.resolve(process.argv[2] ?? 'build/dist/src');
const require = createRequire(import.meta.url);
const built = (...names) => {
  for (const name of names)
    if (fs.existsSync(path.join(root, `${name}.js`))) return require(path.join(root, `${name}.js`));
  throw new Error(`There is no ${names.join(' or ')}`);
};
const percentile = (list, share) => list.toSorted((a, b) => a - b)[Math.floor(list.length * share)];
const round = (number) => Math.round(number * 100) / 100;

const PROVIDERS = 32;
const PROMOTIONS = 200;
const LARGE = Number(process.env.LARGE ?? 100_000);
const QUOTES = 1_500;

const { connect, migrateToLatest } = built('store/database/connection');
const { prepareQuote } = built('engine/quote/quote');
const { NO_FACTS } = built('engine/judging/facts');
const { loadCatalog } = built('store/whole-catalog/load-catalog');
const cacheModule = built('services/caching/rulebook-cache', 'services/rulebook-cache', 'services/rulebooks');
const Cache = cacheModule.RulebookCache ?? cacheModule.Rulebooks;

/** Never old, so that only memory decides. */
const watch = { add: () => undefined, isCurrent: () => true, confirm: async () => true };

const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-bench-'));
fs.chmodSync(dataDir, 0o755);
const postgres = await built('store/embedded-postgres/embedded-postgres').startEmbeddedPostgres({ dataDir });
const db = connect(postgres.connectionString, { pool: 2 });
try {
  await migrateToLatest(db);
  for (let n = 0; n < PROVIDERS; n++) await seed(`small-${n}`, twoConditions(catalogOf(PROMOTIONS, { seed: n })));
  const large = catalogOf(LARGE);
  await seed('large', large);
  await db.raw('analyze');
  const text = JSON.stringify(large);
  process.stdout.write(
    `${JSON.stringify({ misses: await misses(), small: await tooSmall(), large: await first(text) })}\n`,
  );
} finally {
  await db.destroy();
  await postgres.stop();
  fs.rmSync(dataDir, { recursive: true, force: true });
}

/** One quote of each provider by a cache that knows none of them. */
async function misses() {
  const cache = new Cache({ bytes: 1e12, watch });
  const [cart] = cartsOf(PROMOTIONS, 1);
  const took = [];
  for (let n = 0; n < PROVIDERS; n++) {
    const start = performance.now();
    await quote(cache, `small-${n}`, cart);
    took.push(performance.now() - start);
  }
  return { p50: round(percentile(took, 0.5)), p90: round(percentile(took, 0.9)) };
}

/** Quotes of providers at random: with room for all, and for a quarter. */
async function tooSmall() {
  const all = new Cache({ bytes: 1e12, watch });
  const carts = cartsOf(PROMOTIONS, 50);
  for (let n = 0; n < PROVIDERS; n++) await quote(all, `small-${n}`, carts[0]);
  const quarter = new Cache({ bytes: all.state.bytes / 4, watch });
  const rate = async (cache) => {
    let state = 1;
    const start = performance.now();
    for (let n = 0; n < QUOTES; n++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      await quote(cache, `small-${(state >>> 8) % PROVIDERS}`, carts[n % carts.length]);
    }
    return QUOTES / ((performance.now() - start) / 1000);
  };
  await rate(quarter);
  const [few, many] = [await rate(quarter), await rate(all)];
  return { full: Math.round(many), quarter: Math.round(few), share: round(few / many) };
}

/** The first quote of a large catalog, and how long the process does nothing else meanwhile. */
async function first(text) {
  let start = performance.now();
  JSON.parse(text);
  const parseMs = performance.now() - start;
  const cache = new Cache({ bytes: 1e12, watch });
  const [cart] = cartsOf(LARGE, 1);
  let [last, longest] = [performance.now(), 0];
  const look = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  start = performance.now();
  await quote(cache, 'large', cart);
  const loadMs = performance.now() - start;
  await new Promise((done) => setTimeout(done, 20));
  clearInterval(look);
  return {
    parseMs: Math.round(parseMs),
    loadMs: Math.round(loadMs),
    ratio: round(loadMs / parseMs),
    stallMs: Math.round(longest),
  };
}

async function quote(cache, provider, cart) {
  const found =
    cache.get.length > 2 || cache.recent === undefined ? cache.get(db, provider) : cache.recent(db, provider);
  const { rulebook } = await found;
  return prepareQuote(cart, AT, rulebook).evaluate(NO_FACTS);
}

function twoConditions(catalog) {
  for (const { id, conditions } of catalog.promotions) {
    while (conditions.length < 2)
      conditions.push({
        id: `condition-${id}-${conditions.length}`,
        type: 'cart_quantity',
        comparison: 'gte',
        count: 1,
      });
  }
  return catalog;
}

/** Writes rows as they are, and has a build that makes documents of them make them. */
async function seed(provider, { promotions }) {
  await db('providers').insert({ id: provider, name: provider, time_zone: 'Europe/Berlin', default_language: 'en' });
  const insert = async (table, rows) => {
    for (let from = 0; from < rows.length; from += 5_000) {
      const part = rows.slice(from, from + 5_000).map((row) => ({ provider_id: provider, ...row }));
      const columns = Object.keys(part[0]).join(', ');
      const sql = `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, ?::jsonb)`;
      await db.raw(sql, [JSON.stringify(part)]);
    }
  };
  await insert(
    'promotions',
    promotions.map(({ id, name, priority, startsAt, endsAt }) => ({
      id,
      name,
      priority,
      starts_at: startsAt ?? null,
      ends_at: endsAt ?? null,
    })),
  );
  const discounts = promotions.flatMap((promotion) => promotion.discounts);
  await insert(
    'discounts',
    discounts.map(({ id, promotionId, name, value, scope, selector, recipients }) => ({
      id,
      promotion_id: promotionId,
      name,
      value,
      scope: scope ?? 'line',
      selector: selector ?? null,
      recipients: recipients ?? null,
    })),
  );
  await insert(
    'conditions',
    promotions.flatMap((promotion) =>
      promotion.conditions.map(({ id, type, ...parameters }, position) => ({
        id,
        promotion_id: promotion.id,
        position,
        type,
        parameters,
      })),
    ),
  );
  await loadCatalog(db, provider);
}
