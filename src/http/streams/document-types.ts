import type { CustomTypes } from '../../engine/cart/custom-types';
import { checkDiscount, checkPromotion, checkRelatedProduct, checkUpgradePath } from '../../engine/rulebook/checks';
import type { CustomTypeFields } from '../../engine/rulebook/custom-type';
import { type FieldError, fieldError } from '../../engine/vocabulary/problem';
import { type CustomTypeLists, checkCustomType, customTypesOf } from '../../expressions/custom-types';
import { checkGlobal } from '../../store/whole-catalog/checks';
import type { LineKind } from './catalog-lines';

/** As many as a provider may define of a kind. */
const MOST_TYPES = 200;

/** The types that a document uses: its own, which come before the rules, or of a kind of which it has none the stored ones. */
export class TypesOfDocument {
  readonly #own: { conditionTypes: CustomTypeFields[]; discountTypes: CustomTypeFields[] } = {
    conditionTypes: [],
    discountTypes: [],
  };
  #known: CustomTypes | undefined;

  constructor(private readonly stored: CustomTypeLists) {}

  /** Whether the document has types. */
  get hasOwn(): boolean {
    return this.#own.conditionTypes.length + this.#own.discountTypes.length > 0;
  }

  /** Finds what no schema can say about an entry. */
  check(list: LineKind['list'], entry: object): readonly FieldError[] {
    if (list === 'conditionTypes' || list === 'discountTypes') return this.#add(list, entry as CustomTypeFields);
    return CHECKS[list]?.(entry as never, this.#types) ?? [];
  }

  #add(list: 'conditionTypes' | 'discountTypes', type: CustomTypeFields): readonly FieldError[] {
    const own = this.#own[list];
    if (this.#known !== undefined) return [fieldError('', 'order', 'Types must come before the rules.')];
    if (own.length === MOST_TYPES) return [fieldError('', 'max_items', `There are at most ${MOST_TYPES} of them.`)];
    const errors = checkCustomType(type, list === 'conditionTypes' ? 'condition' : 'value');
    if (errors.length === 0) own.push(type);
    return errors;
  }

  get #types(): CustomTypes {
    const { conditionTypes, discountTypes } = this.#own;
    this.#known ??= customTypesOf({
      conditionTypes: conditionTypes.length > 0 ? conditionTypes : this.stored.conditionTypes,
      discountTypes: discountTypes.length > 0 ? discountTypes : this.stored.discountTypes,
    });
    return this.#known;
  }
}

const CHECKS: {
  readonly [list in LineKind['list']]?: (entry: never, types: CustomTypes) => readonly FieldError[];
} = {
  promotions: checkPromotion,
  discounts: (entry: Parameters<typeof checkDiscount>[0], types) => [
    ...checkDiscount(entry, types),
    ...checkGlobal(entry),
  ],
  relatedProducts: checkRelatedProduct,
  upgradePaths: checkUpgradePath,
};
