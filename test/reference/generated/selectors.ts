import fc from 'fast-check';
import type { Amounts } from '../../../src/engine/money/money';
import type { Selector, ServiceLists, UnitPriceRange } from '../../../src/engine/vocabulary/selector';
import {
  action,
  addon,
  attributeChoice,
  attributeName,
  period,
  plan,
  planGroup,
  present,
  serviceType,
  someOf,
  sometimes,
  tag,
} from './alphabets';

const bounds = fc.uniqueArray(fc.constantFrom('0', '0.03', '1.00', '7.777', '9.95', '10.00', '100'), {
  minLength: 2,
  maxLength: 2,
});

/** Bounds mostly in every currency, now and then not in the cart's; never an empty range. */
export const unitPrice: fc.Arbitrary<UnitPriceRange> = fc
  .tuple(bounds, fc.constantFrom('both', 'from', 'below'), sometimes(fc.constant(true), 6))
  .map(([pair, which, onlyYen]) => {
    const [from, below] = pair
      .toSorted((a, b) => Number(a) - Number(b))
      .map(
        (bound): Amounts => (onlyYen ? { JPY: bound } : { EUR: bound, JPY: bound, KWD: bound, CLF: bound, UYW: bound }),
      );
    return present({ from: which === 'below' ? undefined : from, below: which === 'from' ? undefined : below });
  });

const exclude: fc.Arbitrary<ServiceLists> = fc
  .record({
    serviceTypes: sometimes(someOf(serviceType), 4),
    plans: sometimes(someOf(plan), 3),
    planGroups: sometimes(someOf(planGroup), 4),
    addons: sometimes(someOf(addon), 4),
    tags: sometimes(someOf(tag), 3),
    periods: sometimes(someOf(period), 4),
    actions: sometimes(someOf(action), 6),
    attributes: sometimes(fc.dictionary(attributeName, someOf(attributeChoice), { maxKeys: 2 }), 6),
  })
  .map(present);

export const selector: fc.Arbitrary<Selector> = fc
  .record({
    serviceTypes: sometimes(someOf(serviceType), 3),
    plans: sometimes(someOf(plan), 5),
    planGroups: sometimes(someOf(planGroup), 7),
    addons: sometimes(someOf(addon), 9),
    tags: sometimes(someOf(tag), 7),
    periods: sometimes(someOf(period), 7),
    actions: sometimes(someOf(action), 9),
    minQuantity: sometimes(fc.integer({ min: 1, max: 4 }), 9),
    exclude: sometimes(exclude, 7),
    unitPrice: sometimes(unitPrice, 9),
    attributes: sometimes(fc.dictionary(attributeName, someOf(attributeChoice)), 7),
  })
  .map(present);
