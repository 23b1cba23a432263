import type { Knex } from 'knex';
import type { CustomTypeInput } from '../../engine/rulebook/custom-type';
import type { TagInput } from '../../engine/vocabulary/tag';
import type { CustomTypeRow } from '../catalog/custom-types';
import type { TagRow } from '../catalog/tags';
import { inSlices } from '../slices';
import type { CatalogDocument } from '../whole-catalog/document';
import type { Writing } from '../whole-catalog/entries';
import { planInSteps } from '../whole-catalog/plan';
import { CATALOG_TABLES, type CatalogRows } from '../whole-catalog/rows';
import type { CatalogList } from './staged-document';

/** A part of a staged document with the stored rows that it is about; what it leaves out of them is to be archived. */
export interface StagedPart {
  stored: CatalogRows;
  document: CatalogDocument;
}

/** A list that is written in parts. */
export type PartList = 'plans' | 'promotions' | 'discounts' | 'relatedProducts' | 'upgradePaths';

/** Reads the stored rows of parts. */
export class StoredParts {
  constructor(
    private readonly trx: Knex.Transaction,
    private readonly providerId: string,
  ) {}

  /** Returns all types, of a kind of which the document has any. */
  async types(): Promise<StagedPart> {
    const rows = await this.rows('custom_types').orderBy('id').select<CustomTypeRow[]>('*');
    const conditionTypes = await this.entries<CustomTypeInput>('conditionTypes');
    const discountTypes = await this.entries<CustomTypeInput>('discountTypes');
    const ofKind = (wanted: CustomTypeRow['kind']) => rows.filter(({ kind }) => kind === wanted);
    return {
      stored: { ...nothing(), conditionTypes: ofKind('condition'), discountTypes: ofKind('value') },
      document: {
        ...emptyDocument(),
        ...(conditionTypes.length > 0 && { conditionTypes }),
        ...(discountTypes.length > 0 && { discountTypes }),
      },
    };
  }

  /** Returns all tags, as they may exchange their names; with the paths whose tags the document leaves out. */
  async tags(writing: Writing): Promise<StagedPart> {
    const tags = await this.rows('tags').orderBy('id').select<TagRow[]>('*');
    const entries = await this.entries<TagInput>('tags');
    const part = { stored: { ...nothing(), tags }, document: { ...emptyDocument(), tags: entries } };
    const planned = await inSlices(planInSteps(writing, part.stored, part.document));
    const kept = new Set(planned.tags.map(({ id }) => id));
    const gone = tags.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
    const paths = this.rows('upgrade_path_tags').whereRaw('tag_id = any(?)', [gone]).select('upgrade_path_id');
    part.stored.pathTags = await this.pathTags().whereIn('upgrade_path_id', paths);
    return part;
  }

  /** Returns the rows with these ids and what is nested in them, and what the discounts of these lines mean. */
  async part(
    list: PartList,
    { ids, lines }: { ids: readonly string[]; lines?: readonly [number, number] },
    entries: Partial<CatalogDocument>,
  ): Promise<StagedPart> {
    const stored = { ...nothing(), [list]: list === 'discounts' ? [] : await this.withIds(CATALOG_TABLES[list], ids) };
    if (list === 'promotions' || list === 'discounts') stored.discounts = await this.discounts(list, ids, lines);
    const owners = [...ids, ...stored.discounts.map(({ id }) => id)];
    if (list !== 'plans' && list !== 'upgradePaths') stored.conditions = await this.conditions(owners);
    const document = { ...emptyDocument(), ...entries };
    if (list === 'upgradePaths') {
      stored.pathTags = await this.pathTags().whereRaw('upgrade_path_id = any(?)', [[...ids]]);
      stored.tags = await this.tagsOf(stored, document);
      // They stay as they are.
      document.tags = stored.tags.map(({ id, key, name, description, metadata }) => ({
        key: key ?? id,
        name,
        ...(description !== null && { description }),
        ...(metadata !== null && { metadata }),
      }));
    }
    return { stored, document };
  }

  private async entries<T>(list: CatalogList): Promise<T[]> {
    const rows = await this.trx('staged_catalog')
      .where('list', list)
      .orderBy('line')
      .select<{ body: string }[]>('body');
    return rows.map(({ body }) => JSON.parse(body) as T);
  }

  private rows(table: string): Knex.QueryBuilder {
    return this.trx(table).where('provider_id', this.providerId);
  }

  private async withIds(table: string, ids: readonly string[]): Promise<never[]> {
    return this.rows(table)
      .whereRaw('id = any(?)', [[...ids]])
      .orderBy('id')
      .select<never[]>('*');
  }

  /** Without those that entries of other parts mean. */
  private async discounts(
    list: 'promotions' | 'discounts',
    ids: readonly string[],
    [first, last]: readonly [number, number] = [0, -1],
  ): Promise<CatalogRows['discounts']> {
    const own = list === 'promotions' ? 'promotion_id = any(:ids)' : 'id = any(:ids)';
    const staged = await this.trx('staged_discounts')
      .whereBetween('line', [first, last])
      .whereNotNull('id')
      .select<{ id: string }[]>('id');
    return this.rows('discounts')
      .whereRaw(
        `(${own} or id = any(:meant)) and not exists (
           select 1 from staged_discounts s where s.id = discounts.id and s.line not between :first and :last)`,
        { ids: [...ids], meant: staged.map(({ id }) => id), first, last },
      )
      .orderBy(['position', 'id'])
      .select<CatalogRows['discounts']>('*');
  }

  private async conditions(owners: readonly string[]): Promise<CatalogRows['conditions']> {
    const ofOwners = ['promotion_id', 'discount_id', 'related_product_id'].map((column) => `${column} = any(:owners)`);
    return this.rows('conditions')
      .whereRaw(`(${ofOwners.join(' or ')})`, { owners: [...owners] })
      .orderBy(['position', 'id'])
      .select<CatalogRows['conditions']>('*');
  }

  private pathTags(): Knex.QueryBuilder {
    return this.rows('upgrade_path_tags').orderBy(['upgrade_path_id', 'side', 'position']).select('*');
  }

  private async tagsOf({ pathTags }: CatalogRows, { upgradePaths }: CatalogDocument): Promise<TagRow[]> {
    const names = upgradePaths.flatMap(({ sources, targets }) => [...sources, ...targets]);
    const ids = pathTags.flatMap(({ tag_id }) => tag_id ?? []);
    return this.rows('tags')
      .whereRaw('(name = any(?) or id = any(?))', [names, ids])
      .orderBy('id')
      .select<TagRow[]>('*');
  }
}

function nothing(): CatalogRows {
  return {
    tags: [],
    plans: [],
    promotions: [],
    discounts: [],
    relatedProducts: [],
    upgradePaths: [],
    pathTags: [],
    conditions: [],
    conditionTypes: [],
    discountTypes: [],
  };
}

function emptyDocument(): CatalogDocument {
  return { tags: [], plans: [], promotions: [], discounts: [], relatedProducts: [], upgradePaths: [] };
}
