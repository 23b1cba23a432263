import type { CustomUser } from '../../src/engine/rulebook/custom-type';
import { fileDiscount, filePromotion, fileRelatedProduct } from '../../src/engine/rulebook/filing';
import type { Saved } from '../../src/engine/rulebook/saved';
import type { LoadedCatalog } from '../../src/store/whole-catalog/load-catalog';

/** Reads every rule of a catalog, and sees that each is filed as it says. */
export function readWhole({ promotions, discounts, relatedProducts, ...others }: LoadedCatalog) {
  const read = <R extends CustomUser & { id: string }>(saved: Saved<R, object>, file: (rule: R) => object): R => {
    const filed = JSON.parse(JSON.stringify(file(saved.source)));
    expect([saved.id, JSON.parse(JSON.stringify(saved.filed))]).toEqual([saved.source.id, filed]);
    return saved.source;
  };
  return {
    ...others,
    promotions: promotions.map((saved) => read(saved, filePromotion)),
    discounts: discounts.map((saved) => read(saved, fileDiscount)),
    relatedProducts: relatedProducts.map((saved) => read(saved, fileRelatedProduct)),
  };
}
