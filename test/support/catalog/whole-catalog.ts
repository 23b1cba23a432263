import type { Agent } from 'supertest';
import type { CatalogChanges } from '../../../src/store/whole-catalog/changes';
import type { CatalogDocument } from '../../../src/store/whole-catalog/document';
import { type Api, startApi } from '../api';
import { getLines, putLines } from './catalog-lines';

/** How a whole catalog is sent and read. */
export const FORMATS = ['JSON', 'NDJSON'] as const;

export const EMPTY: CatalogDocument = {
  tags: [],
  plans: [],
  promotions: [],
  discounts: [],
  relatedProducts: [],
  upgradePaths: [],
  conditionTypes: [],
  discountTypes: [],
};
export const NOTHING: CatalogChanges = { created: [], changed: [], archived: [] };
export const TEN_PERCENT = { type: 'percent', percent: '10' } as const;
export const TEXTS = { en: { title: 'Up' } };
/** One or two of everything, each with a key. */
export const SMALL: CatalogDocument = {
  tags: [
    { key: 'm', name: 'monthly' },
    { key: 'y', name: 'yearly' },
  ],
  plans: [{ id: 'web', serviceType: 'hosting', tags: ['monthly'] }],
  promotions: [
    {
      key: 'sale',
      name: 'Sale',
      conditions: [{ type: 'promo_code' }, { type: 'new_customer', negate: true }],
      discounts: [
        { key: 'ten', name: '10 %', value: TEN_PERCENT },
        {
          key: 'more',
          name: 'More',
          value: TEN_PERCENT,
          conditions: [{ type: 'order_count', comparison: 'gt', count: 3 }],
        },
      ],
    },
  ],
  discounts: [
    { key: 'global', name: 'For all', value: TEN_PERCENT, conditions: [{ type: 'customer_group', groups: ['vip'] }] },
  ],
  relatedProducts: [
    { key: 'backup', name: 'Backup', action: { function: 'order' }, conditions: [{ type: 'new_customer' }] },
  ],
  upgradePaths: [
    { key: 'up', name: 'Up', texts: TEXTS, sources: ['monthly'], targets: ['yearly'], transition: 'next_booking' },
  ],
};

const LISTS = ['tags', 'plans', 'promotions', 'discounts', 'related-products', 'upgrade-paths'];

/** Returns a changed copy of a document. */
export function edited(change: (document: CatalogDocument) => void, document = SMALL): CatalogDocument {
  const copy = structuredClone(document);
  change(copy);
  return copy;
}

/** The n-th entry of a list that has it. */
export const nth = <T>(list: readonly T[] | undefined, n: number): T => list?.[n] as T;

/** What was created, changed and archived, as `type key`. */
export function keys(changes: CatalogChanges) {
  return Object.fromEntries(
    Object.entries(changes).map(([list, entries]) => [
      list,
      (entries as CatalogChanges['created']).map(({ type, key }) => `${type} ${key}`),
    ]),
  );
}

export async function putJson(who: Agent, document: object, query: object): Promise<CatalogChanges> {
  return (await who.put('/v1/catalog').query(query).send(document).expect(200)).body;
}

/** The whole catalog of a provider, `north`, that is new in each test. */
export class WholeCatalog {
  api!: Api;
  as!: Agent;

  /** Registers the hooks of the test file. */
  constructor(private readonly format: (typeof FORMATS)[number]) {
    beforeAll(async () => {
      this.api = await startApi();
    });
    afterAll(() => this.api.drop());
    beforeEach(async () => {
      await this.api.db('providers').delete();
      this.as = await this.asNew('north');
    });
  }

  async asNew(provider: string): Promise<Agent> {
    return this.api.with(await this.api.createKey(await this.api.createProvider(provider), 'secret'));
  }

  async get(who = this.as): Promise<CatalogDocument> {
    return this.format === 'JSON' ? (await who.get('/v1/catalog').expect(200)).body : getLines(who);
  }

  put(document: object, who = this.as): Promise<CatalogChanges> {
    return this.#send(document, {}, who);
  }

  dryRun(document: object): Promise<CatalogChanges> {
    return this.#send(document, { dryRun: true }, this.as);
  }

  async version(): Promise<string> {
    return (await this.as.get('/v1/catalog').expect(200)).headers.etag as string;
  }

  /** Every resource, as its own list shows it. */
  async everything(who = this.as): Promise<unknown> {
    return Promise.all(
      LISTS.map(async (list) => (await who.get(`/v1/${list}`).query({ limit: 200 }).expect(200)).body.items),
    );
  }

  #send(document: object, query: object, who: Agent): Promise<CatalogChanges> {
    return this.format === 'JSON' ? putJson(who, document, query) : putLines(who, document as CatalogDocument, query);
  }
}
