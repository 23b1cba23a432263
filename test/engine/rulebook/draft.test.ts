import { NO_FACTS } from '../../../src/engine/judging/facts';
import { quote } from '../../../src/engine/quote/quote';
import type { Draft } from '../../../src/engine/rulebook/draft';
import { RequestRefused } from '../../../src/engine/vocabulary/problem';
import { type CartRequest, offOf, percent, quoteOf, type Rules, requestOf, rulebookOf } from '../../support/builders';

function withDraft(rules: Rules, draft: Draft, cart: CartRequest = {}) {
  return quoteOf(rules, { ...cart, draft });
}

function mistakesOf(draft: Draft) {
  try {
    withDraft({}, draft);
    return [];
  } catch (error) {
    if (error instanceof RequestRefused) return error.errors.map(({ pointer, code }) => `${pointer} ${code}`);
    throw error;
  }
}

describe('a quote for another instant', () => {
  test('a quote for another instant is judged by the rules of that instant, and says so', () => {
    const rules: Rules = { discounts: [{ ...percent('10'), startsAt: '2030-01-01T00:00:00Z' }] };
    expect(quoteOf(rules, { at: '2029-12-31T23:59:59Z' }).totals.discount).toBe('0.00');
    expect(quoteOf(rules, { at: '2030-01-01T01:00:00+01:00' })).toMatchObject({
      at: '2030-01-01T00:00:00Z',
      totals: { discount: '2.00' },
    });
  });

  test('a quote for another instant answers the same to the same question', () => {
    const rules: Rules = { discounts: [percent('10'), percent('20')], relatedProducts: [{}, {}] };
    const cart = { explain: 'all' as const, lines: [{}, { serviceType: 'vps' }] };
    expect(JSON.stringify(quoteOf(rules, cart))).toBe(JSON.stringify(quoteOf(rules, cart)));
  });
});

describe('an unsaved promotion', () => {
  const stored: Rules = {
    promotions: [
      {
        id: 'stored',
        key: 'sale',
        codes: ['SALE'],
        limits: { total: 5 },
        discounts: [{ ...percent('10') }, { ...percent('1'), charges: ['setup'] }],
      },
    ],
  };
  const saved = { name: 'New', key: 'sale', discounts: [{ name: 'new', ...percent('30') }] };

  test('an unsaved promotion is laid beside the stored ones', () => {
    const quote = withDraft(stored, { promotions: [{ name: 'New', discounts: [{ name: 'new', ...percent('30') }] }] });
    expect(quote.discounts).toMatchObject([{ name: 'new', amount: '6.00' }]);
    expect(quote.catalogVersion).toBe(7);
    const smaller = { promotions: [{ name: 'New', discounts: [{ name: 'new', ...percent('3') }] }] };
    expect(withDraft(stored, smaller).discounts).toMatchObject([{ promotionId: 'stored', amount: '2.00' }]);
  });

  test('an unsaved promotion takes the place of the stored one with its key, under its id, whole', () => {
    const replaced = withDraft(stored, { promotions: [saved] });
    expect(replaced.discounts).toMatchObject([{ promotionId: 'stored', name: 'new', amount: '6.00' }]);
    const smaller = { ...saved, discounts: [{ name: 'new', ...percent('3') }] };
    expect(withDraft(stored, { promotions: [smaller] }).totals.discount).toBe('0.60');
    expect(withDraft(stored, { promotions: [{ ...smaller, discounts: [] }] }).totals.discount).toBe('0.00');
  });

  test('an unsaved promotion takes the place of the stored one whose id it has', () => {
    const byId = { name: 'New', id: 'stored', discounts: [{ name: 'new', ...percent('3') }] };
    expect(withDraft(stored, { promotions: [byId] }).totals.discount).toBe('0.60');
  });

  test('an unsaved promotion may be one that is paused, so that the stored one is seen without', () => {
    expect(withDraft(stored, { promotions: [{ ...saved, status: 'paused' }] }).totals.discount).toBe('0.00');
  });

  test('an unsaved promotion keeps the codes and the uses of the one whose place it takes', () => {
    const needsCode = { ...saved, conditions: [{ type: 'promo_code' as const }] };
    expect(withDraft(stored, { promotions: [needsCode] }).totals.discount).toBe('0.00');
    expect(withDraft(stored, { promotions: [needsCode] }, { promoCodes: ['sale'] })).toMatchObject({
      totals: { discount: '6.00' },
      promoCodes: [{ code: 'sale', status: 'applied' }],
    });
    const usage = { stored: { total: 5 } };
    const limited = { ...saved, limits: { total: 5 } };
    expect(withDraft({ ...stored, usage }, { promotions: [limited] }).totals.discount).toBe('0.00');
  });

  test('an unsaved promotion is explained like a stored one', () => {
    const needsFive = {
      ...saved,
      conditions: [{ type: 'cart_quantity' as const, comparison: 'gte' as const, count: 5 }],
    };
    expect(withDraft(stored, { promotions: [needsFive] }, { explain: 'all' }).declined).toMatchObject([
      {
        promotionId: 'stored',
        name: 'New',
        reason: 'condition_unmet',
        unmet: [{ type: 'cart_quantity', conditionId: expect.stringMatching(/./), actual: 1, required: 5, missing: 4 }],
      },
    ]);
  });
});

describe('an unsaved discount', () => {
  const stored: Rules = {
    settings: { combination: 'sum' },
    promotions: [{ id: 'sale', discounts: [{ id: 'ten', key: 'ten', ...percent('10') }, percent('1')] }],
    discounts: [{ id: 'global', key: 'global', ...percent('2') }],
  };

  test('an unsaved discount is global where it names no promotion', () => {
    expect(withDraft(stored, { discounts: [{ name: 'new', ...percent('5') }] }).totals.discount).toBe('3.60');
    const replacing = { discounts: [{ name: 'new', key: 'global', ...percent('5') }] };
    expect(withDraft(stored, replacing)).toMatchObject({ totals: { discount: '3.20' } });
    expect(withDraft(stored, replacing).discounts.map(({ discountId }) => discountId)).toContain('global');
  });

  test('an unsaved discount joins the promotion that it names, whose conditions it needs', () => {
    const joining = { discounts: [{ name: 'new', promotionId: 'sale', ...percent('5') }] };
    expect(withDraft(stored, joining).totals.discount).toBe('3.60');
    const [sale] = stored.promotions ?? [];
    const closed: Rules = { ...stored, promotions: [{ ...sale, status: 'paused' }] };
    expect(withDraft(closed, joining).totals.discount).toBe('0.40');
  });

  test('an unsaved discount takes the place of the one with its key inside the promotion, beside the others of it', () => {
    const replacing = { discounts: [{ name: 'new', key: 'ten', promotionId: 'sale', ...percent('5') }] };
    // 5 % and 1 % of the promotion, 2 % for all.
    expect(withDraft(stored, replacing).totals.discount).toBe('1.60');
  });

  test('an unsaved discount moves from the promotion of the stored one to the one that it names, also where a code opens the former', () => {
    const coded = { id: 'coded', conditions: [{ type: 'promo_code' as const }], codes: ['CODE'] };
    const rules: Rules = {
      settings: { combination: 'sum' },
      promotions: [
        { ...coded, discounts: [{ id: 'ten', key: 'ten', ...percent('10') }, percent('1')] },
        { id: 'other' },
      ],
    };
    const moving = { discounts: [{ name: 'new', key: 'ten', promotionId: 'other', ...percent('5') }] };
    expect(withDraft(rules, moving).totals.discount).toBe('1.00');
    // 5 % of the other promotion and what is left of the coded one, 1 %.
    expect(withDraft(rules, moving, { promoCodes: ['code'] }).totals.discount).toBe('1.20');
  });

  test('an unsaved discount may join a promotion of the same draft', () => {
    const draft = {
      promotions: [{ name: 'Sale', id: 'sale', discounts: [{ name: 'three', ...percent('3') }] }],
      discounts: [{ name: 'new', promotionId: 'sale', ...percent('5') }],
    };
    // 3 % and 5 % of the promotion, 2 % for all.
    expect(withDraft(stored, draft).totals.discount).toBe('2.00');
  });

  test('an unsaved discount of a promotion that nobody knows is refused', () => {
    expect(
      mistakesOf({
        discounts: [
          { name: 'a', ...percent('5') },
          { name: 'b', promotionId: 'x', ...percent('5') },
        ],
      }),
    ).toEqual(['/draft/discounts/1/promotionId unknown_promotion']);
  });
});

describe('other unsaved rules', () => {
  test('other unsaved rules are related products, in their place and with their conditions', () => {
    const rules: Rules = { relatedProducts: [{ id: 'stored', key: 'panel', sort: 2, title: { en: 'Panel' } }] };
    const action = { function: 'service.order' };
    const draft: Draft = { relatedProducts: [{ name: 'Domain', action, sort: 1, title: { en: 'Domain' } }] };
    expect(withDraft(rules, draft).offers.map(({ title }) => title)).toEqual(['Domain', 'Panel']);
    const replacing: Draft = {
      relatedProducts: [
        {
          name: 'Panel',
          key: 'panel',
          action,
          title: { en: 'New panel' },
          conditions: [{ type: 'cart_has_service', selector: { serviceTypes: ['hosting'] } }],
        },
      ],
    };
    expect(withDraft(rules, replacing).offers).toMatchObject([{ relatedProductId: 'stored', title: 'New panel' }]);
    expect(withDraft(rules, replacing, { lines: [] }).offers).toEqual([]);
  });

  test('other unsaved rules are upgrade paths', () => {
    const path = {
      name: 'Path',
      key: 'path',
      texts: { en: { title: 'Stored' } },
      sources: ['month'],
      targets: ['year'],
    };
    const cart: CartRequest = {
      lines: [{ tags: ['year'] }],
      subscriptions: [
        {
          id: 'sub',
          tags: ['month'],
          price: '10.00',
          currency: 'EUR',
          interval: { unit: 'month', length: 1 },
          startedAt: '2024-01-01T00:00:00Z',
          nextBookingAt: '2024-07-01T00:00:00Z',
        },
      ],
    };
    const rules: Rules = { upgradePaths: [{ id: 'stored', ...path, transition: 'next_booking' }] };
    const draft: Draft = {
      upgradePaths: [{ ...path, texts: { en: { title: 'New' } }, transition: 'immediately_with_invoice' }],
    };
    expect(withDraft(rules, draft, cart).transitions).toMatchObject([
      { upgradePathId: 'stored', title: 'New', transition: 'immediately_with_invoice' },
    ]);
    expect(withDraft({}, draft, cart).transitions).toMatchObject([{ title: 'New' }]);
  });

  test('other unsaved rules must be such as could be saved, and every mistake is pointed at', () => {
    const window = { startsAt: '2024-06-02T00:00:00Z', endsAt: '2024-06-01T00:00:00Z' };
    expect(
      mistakesOf({
        promotions: [{ name: 'a' }, { name: 'b', ...window, discounts: [{ name: 'c', ...percent('5'), ...window }] }],
        discounts: [{ name: 'd', ...percent('5'), conditions: [{ type: 'time_window' }] }],
        upgradePaths: [
          {
            name: 'e',
            texts: { en: { title: 'E', description: '{tomorrow}' } },
            sources: ['a'],
            targets: ['b', 'a'],
            transition: 'next_booking',
          },
        ],
      }).sort(),
    ).toEqual([
      '/draft/discounts/0/conditions/0 empty_time_window',
      '/draft/promotions/1/discounts/0/endsAt window_empty',
      '/draft/promotions/1/endsAt window_empty',
      '/draft/upgradePaths/0/targets/1 shared_tag',
      '/draft/upgradePaths/0/texts/en/description unknown_variable',
    ]);
  });
});

test('two entries for the same rule are refused', () => {
  const promotion = { name: 'Sale', key: 'sale' };
  const draft = { promotions: [promotion, promotion], discounts: [{ name: 'Ten', key: 'sale', ...percent('10') }] };
  expect(mistakesOf(draft)).toEqual(['/draft/promotions/1/key duplicate_key']);
});

test('nothing unsaved is left behind', () => {
  const rulebook = rulebookOf({ discounts: [{ key: 'ten', ...percent('10') }] });
  const draft = { discounts: [{ name: 'half', key: 'ten', ...percent('50') }] };
  const quoted = (cart: CartRequest) => quote(requestOf(cart), 0, rulebook, NO_FACTS).quote.totals.discount;
  expect([quoted({}), quoted({ draft }), quoted({})]).toEqual(['2.00', '10.00', '2.00']);
  expect(offOf({ discounts: [{ key: 'ten', ...percent('10') }] }, { draft: {} })).toBe('2.00');
});

describe('an unsaved promotion in the place of one whose discount the customer keeps', () => {
  const rules: Rules = {
    promotions: [
      { id: 'sale', key: 'sale', endsAt: '2024-06-01T00:00:00Z', discounts: [{ key: 'ten', ...percent('10') }] },
    ],
    grants: [
      {
        id: 'g',
        version: 1,
        discountId: 'sale-discount-1',
        startsAt: '2024-05-20T00:00:00Z',
        endsAt: '2024-07-20T00:00:00Z',
      },
    ],
  };
  const cart: CartRequest = { customer: { id: 'anna' } };
  const ended = { name: 'Sale', key: 'sale', endsAt: '2024-06-01T00:00:00Z' };

  test('an unsaved promotion in the place of one whose discount the customer keeps gives what the draft says, not what is stored', () => {
    expect(offOf(rules, cart)).toBe('2.00');
    expect(offOf(rules, { ...cart, draft: { promotions: [{ ...ended, discounts: [] }] } })).toBe('0.00');
    const paused = { ...ended, status: 'paused' as const, discounts: [{ name: 'Ten', key: 'ten', ...percent('10') }] };
    expect(offOf(rules, { ...cart, draft: { promotions: [paused] } })).toBe('0.00');
  });

  test('an unsaved promotion in the place of one whose discount the customer keeps keeps the grant of a nested discount with the same key', () => {
    const twenty = { ...ended, discounts: [{ name: 'Twenty', key: 'ten', ...percent('20') }] };
    expect(offOf(rules, { ...cart, draft: { promotions: [twenty] } })).toBe('4.00');
  });
});
