/**
 * The workload that everything in the bench runs on: a hosting provider's catalog of any size, and carts for it. It is
 * generated, and always the same for the same seed. As a catalog grows, its plans and tags grow with it, so that a cart
 * meets about as many promotions in a large catalog as in a small one.
 */

/** The seed that the published figures were made with. */
export const SEED = 20261121;

/** An instant inside every window of the workload, in milliseconds. */
export const AT = Date.UTC(2026, 10, 21, 12);

const STAMPS = { version: 1, createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' };
const SERVICE_TYPES = ['vps', 'dedicated', 'domain', 'certificate', 'mail'];
const GROUPS = ['partner', 'school', 'staff'];

/** A small generator of reproducible random numbers (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit) => Math.floor(next() * limit);
  return { next, below, pick: (list) => list[below(list.length)] };
}

/** What lines and selectors of a catalog of this size may name. */
function vocabulary(size) {
  return { plans: Math.max(40, Math.floor(size * 0.6)), tags: Math.max(20, Math.floor(size / 10)) };
}

/** A catalog with so many promotions, one discount each, as the store would read it. */
export function catalogOf(size, { seed = SEED, combination = 'best' } = {}) {
  const random = randomOf(seed + size);
  const words = vocabulary(size);
  const promotions = Array.from({ length: size }, (_, index) => promotionOf(index, random, words));
  const settings = {
    combination,
    maxOffers: 4,
    roundingMode: 'half_up',
    residualDays: 'one_end',
    maxPromoCodes: 1,
    maxRules: 200_000,
  };
  return {
    provider: { id: 'bench', timeZone: 'Europe/Berlin', defaultLanguage: 'en', settings },
    version: 1,
    promotions,
    discounts: [],
    relatedProducts: [],
    upgradePaths: [],
    plans: [],
  };
}

function promotionOf(index, random, words) {
  const id = `promotion-${String(index).padStart(7, '0')}`;
  const kind = random.next();
  const discount = {
    id: `discount-${id}`,
    promotionId: id,
    name: `Discount ${index}`,
    value: discountValue(random),
    ...STAMPS,
  };
  const promotion = {
    id,
    name: `Promotion ${index}`,
    priority: random.below(5),
    ...STAMPS,
    conditions: [],
    discounts: [discount],
  };
  const condition = (fields) =>
    promotion.conditions.push({ id: `condition-${id}-${promotion.conditions.length}`, ...fields });
  if (index < 3) {
    // Some rules look at every cart, however large the catalog is.
    discount.scope = 'order';
    condition({ type: 'cart_total', comparison: 'gte', amounts: { EUR: `${100 * (index + 1)}.00`, USD: '100.00' } });
  } else if (kind < 0.55) {
    discount.selector = { plans: [`plan-${random.below(words.plans)}`] };
    if (random.next() < 0.3) discount.selector.periods = [{ unit: 'month', length: random.pick([1, 12]) }];
    if (random.next() < 0.2) condition({ type: 'cart_quantity', comparison: 'gte', count: 1 + random.below(4) });
  } else if (kind < 0.7) {
    discount.selector = { tags: [`tag-${random.below(words.tags)}`] };
    if (random.next() < 0.3)
      condition({ type: 'cart_total', comparison: 'gte', amounts: { EUR: '50.00', USD: '50.00' } });
  } else if (kind < 0.85) {
    discount.selector = { serviceTypes: [random.pick(SERVICE_TYPES)] };
    condition({ type: 'promo_code' });
  } else if (kind < 0.92) {
    discount.selector = { serviceTypes: [random.pick(SERVICE_TYPES)] };
    discount.recipients = { customers: [`customer-${random.below(words.plans * 2)}`] };
  } else {
    discount.selector = { plans: [`plan-${random.below(words.plans)}`] };
    condition({ type: 'cart_has_service', selector: { plans: [`plan-${random.below(words.plans)}`] } });
    if (random.next() < 0.3) condition({ type: 'customer_group', groups: [random.pick(GROUPS)] });
  }
  if (random.next() < 0.5) promotion.startsAt = '2026-01-01T00:00:00Z';
  if (random.next() < 0.5) promotion.endsAt = '2027-01-01T00:00:00Z';
  return promotion;
}

function discountValue(random) {
  const kind = random.next();
  if (kind < 0.7) return { type: 'percent', percent: `${1 + random.below(40)}.5` };
  if (kind < 0.9) return { type: 'amount_off', amounts: { EUR: `${1 + random.below(9)}.25`, USD: '2.00' } };
  return { type: 'special_price', prices: { EUR: `${2 + random.below(20)}.90`, USD: '9.90' } };
}

/** Carts for the catalog of this size; `POST /v1/quote` takes them as they are. */
export function cartsOf(catalogSize, count, { lines = 10, seed = SEED } = {}) {
  const random = randomOf(seed * 3 + catalogSize + lines);
  const words = vocabulary(catalogSize);
  return Array.from({ length: count }, () => ({
    currency: 'EUR',
    lines: Array.from({ length: lines }, (_, index) => ({
      id: `line-${index}`,
      serviceType: random.pick(SERVICE_TYPES),
      plan: `plan-${random.below(words.plans)}`,
      tags: random.next() < 0.4 ? [`tag-${random.below(words.tags)}`] : [],
      period: { unit: 'month', length: random.pick([1, 12]) },
      quantity: 1 + random.below(3),
      unitPrice: `${5 + random.below(95)}.${10 + random.below(90)}`,
    })),
  }));
}
