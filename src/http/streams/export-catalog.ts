import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';
import type { Stored } from '../../engine/vocabulary/resource';
import { listCustomTypes } from '../../store/catalog/custom-types';
import { listDiscounts } from '../../store/catalog/discounts';
import { listPlans } from '../../store/catalog/plans';
import { listPromotions } from '../../store/catalog/promotions';
import { listRelatedProducts } from '../../store/catalog/related-products';
import { listTags } from '../../store/catalog/tags';
import { listUpgradePaths } from '../../store/catalog/upgrade-paths';
import type { PageRequest } from '../../store/database/requests';
import { type CatalogDocument, documentOf } from '../../store/whole-catalog/document';
import type { CatalogResources } from '../../store/whole-catalog/rows';
import { toJson } from '../answers/json';
import type { Context } from '../context';
import { CATALOG_LINES, FORMAT } from './catalog-lines';

/** So many resources are read at once. */
const PER_READ = 200;

/** Sends the catalog of a snapshot as NDJSON, as fast as its reader takes it. */
export async function exportCatalogLines({ response, providerId }: Context, trx: Knex.Transaction): Promise<void> {
  response.status(200).type('application/x-ndjson');
  await pipeline(Readable.from(linesOf(trx, providerId)), response);
}

async function* linesOf(trx: Knex.Transaction, providerId: string): AsyncGenerator<string> {
  yield `${FORMAT.head}\n`;
  let count = 0;
  for (const { type, list } of CATALOG_LINES) {
    for await (const entries of entriesOf(trx, providerId, list)) {
      count += entries.length;
      if (entries.length > 0) yield entries.map((entry) => `${toJson({ resource: type, ...entry })}\n`).join('');
    }
  }
  yield `${toJson({ end: true, count })}\n`;
}

async function* entriesOf(
  trx: Knex.Transaction,
  providerId: string,
  list: keyof Required<CatalogDocument>,
): AsyncGenerator<readonly object[]> {
  for (let after: string | undefined; ; ) {
    const slice = { limit: PER_READ, ...(after !== undefined && { after }) };
    const resources = await READ[list](trx, providerId, slice);
    yield documentOf({ ...NOTHING, [list]: resources })[list] ?? [];
    if (resources.length < PER_READ) return;
    after = resources.at(-1)?.id;
  }
}

const NOTHING: CatalogResources = {
  tags: [],
  plans: [],
  promotions: [],
  discounts: [],
  relatedProducts: [],
  upgradePaths: [],
  conditionTypes: [],
  discountTypes: [],
};

const NONE = Promise.resolve([]);

const READ: {
  readonly [list in keyof Required<CatalogDocument>]: (
    db: Knex,
    providerId: string,
    slice: PageRequest,
  ) => Promise<Stored[]>;
} = {
  tags: (db, providerId, slice) => listTags(db, providerId, {}, slice),
  plans: (db, providerId, slice) => listPlans(db, providerId, {}, slice),
  promotions: (db, providerId, slice) => listPromotions(db, providerId, {}, slice),
  discounts: (db, providerId, slice) => listDiscounts(db, providerId, { global: true }, slice),
  relatedProducts: (db, providerId, slice) => listRelatedProducts(db, providerId, {}, slice),
  upgradePaths: (db, providerId, slice) => listUpgradePaths(db, providerId, {}, slice),
  // They are few, and come at once.
  conditionTypes: (db, providerId, { after }) =>
    after === undefined ? listCustomTypes(db, providerId, 'condition') : NONE,
  discountTypes: (db, providerId, { after }) => (after === undefined ? listCustomTypes(db, providerId, 'value') : NONE),
};
