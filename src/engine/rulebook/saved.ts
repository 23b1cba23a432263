import type { CustomTypes } from '../cart/custom-types';
import type { Language } from '../vocabulary/localized-text';
import type { Plan } from '../vocabulary/plan';
import type { Settings } from '../vocabulary/provider';
import { inOrder } from '../vocabulary/resource';
import { type CustomUser, usesCustomTypes } from './custom-type';
import type { Discount } from './discount';
import { type FiledPromotion, type FiledRule, fileDiscount, filePromotion, fileRelatedProduct } from './filing';
import type { Promotion } from './promotion';
import type { RelatedProduct } from './related-product';
import type { UpgradePath } from './upgrade-path';

/** Everything that one provider has saved, as the store reads it; rules of every status. */
export interface Catalog {
  /** The provider's id, zone, language and settings with their defaults filled in. */
  provider: { id: string; timeZone: string; defaultLanguage: Language; settings: Settings };
  /** Counts the provider's catalog writes. */
  version: number;
  /** Promotions with their conditions and discounts. */
  promotions: readonly Promotion[];
  /** Global discounts. */
  discounts: readonly Discount[];
  /** Related products. */
  relatedProducts: readonly RelatedProduct[];
  /** Upgrade paths. */
  upgradePaths: readonly UpgradePath[];
  /** Registered plans. */
  plans: readonly Plan[];
}

/** The JSON of a rule among that of others, which is not taken out before somebody asks for it. */
export class PackedText {
  constructor(
    private readonly all: Buffer,
    private readonly from: number,
    private readonly to: number,
  ) {}

  toString(): string {
    return this.all.toString('utf8', this.from, this.to);
  }
}

/** A stored rule: how it is filed, and the rule itself, which is read from its JSON when it is first asked for. */
export class Saved<R extends CustomUser, F> {
  #content: string | PackedText | R;

  constructor(
    readonly id: string,
    readonly filed: F,
    content: string | PackedText | R,
  ) {
    this.#content = content;
  }

  get source(): R {
    const content = this.#content;
    if (!isText(content)) return content;
    const source = JSON.parse(content.toString()) as R;
    this.#content = source;
    return source;
  }

  /** Its JSON. */
  get text(): string {
    return isText(this.#content) ? this.#content.toString() : JSON.stringify(this.#content);
  }

  /** Returns whether it is known to be the same rule without reading either. */
  is(other: Saved<R, F>): boolean {
    return this === other || (!isText(this.#content) && this.#content === other.#content);
  }
}

function isText(content: object | string): content is string | PackedText {
  return typeof content === 'string' || content instanceof PackedText;
}

/** A catalog with rules that may not have been read yet, each list in the order of ids. */
export interface SavedCatalog extends Pick<Catalog, 'provider' | 'version' | 'upgradePaths' | 'plans'> {
  promotions: readonly Saved<Promotion, FiledPromotion>[];
  discounts: readonly Saved<Discount, FiledRule>[];
  relatedProducts: readonly Saved<RelatedProduct, FiledRule>[];
}

/** Returns a catalog whose rules have been read. */
export function savedCatalog({ promotions, discounts, relatedProducts, ...others }: Catalog): SavedCatalog {
  return {
    ...others,
    promotions: inOrder(promotions).map((rule) => new Saved(rule.id, filePromotion(rule), rule)),
    discounts: inOrder(discounts).map((rule) => new Saved(rule.id, fileDiscount(rule), rule)),
    relatedProducts: relatedProducts.map((rule) => new Saved(rule.id, fileRelatedProduct(rule), rule)),
  };
}

/** A rule that can be had ready. */
export interface Held<T> {
  readonly rule: T;
}

/** A stored rule that is made ready when it is first asked for: a cart meets few of a large catalog. */
export class HeldRule<R extends CustomUser, F, T> implements Held<T> {
  #rule: T | undefined;

  constructor(
    readonly saved: Saved<R, F>,
    private readonly types: CustomTypes,
    private readonly prepare: (source: R, types: CustomTypes) => T,
  ) {}

  get rule(): T {
    this.#rule ??= this.prepare(this.saved.source, this.types);
    return this.#rule;
  }

  /** Returns whether it is as good for a saved rule under these types, which may have changed since. */
  suits(saved: Saved<R, F>, types: CustomTypes): boolean {
    if (!this.saved.is(saved)) return false;
    return this.types === types || (this.#rule !== undefined && !usesCustomTypes(saved.source));
  }
}

/** A discount of a promotion, which is made ready with it. */
export class HeldPart<T> implements Held<T> {
  constructor(
    private readonly whole: Held<{ readonly discounts: readonly T[] }>,
    private readonly index: number,
  ) {}

  get rule(): T {
    return this.whole.rule.discounts[this.index] as T;
  }
}

/** Returns the rules that are held, each made ready as it is come to. */
export function* rulesIn<T>(held: Iterable<Held<T>>): Generator<T> {
  for (const { rule } of held) yield rule;
}

/** Returns found rules, made ready. */
export function ready<T>(found: readonly Held<T>[]): readonly T[] {
  const rules = new Array<T>(found.length);
  for (let index = 0; index < found.length; index++) rules[index] = (found[index] as Held<T>).rule;
  return rules;
}
