import { type CartRequest, quoteOf, type Rules } from '../../support/builders';
import { monthly, yearly } from '../../support/changes';

const rules: Rules = {
  upgradePaths: [
    { id: 'optional', optional: true, priority: 9, targets: ['weekly'] },
    { id: 'plain', texts: { en: { title: 'Go yearly' }, de: { title: 'Jährlich' } } },
    { id: 'urgent', priority: 1, transition: 'next_booking' },
    { id: 'paused', status: 'paused' },
    { id: 'other', sources: ['basic'], targets: ['yearly', 'weekly'] },
  ],
  plans: [{ id: 'basic-plan', serviceType: 'plan', tags: ['basic'] }],
};

/** What is offered to the subscriptions of a cart. */
function offered(cart: CartRequest) {
  return quoteOf(rules, { lines: [], transitions: 'offers', ...cart }).upgradeOffers;
}

test('every active subscription is told where it may go, mandatory paths first', () => {
  const subscriptions = [monthly, { ...monthly, id: 'sub-2', tags: [], plan: 'basic-plan' }];
  const told = offered({ subscriptions })?.map((offer) => `${offer.subscriptionId} ${offer.upgradePathId}`);
  expect(told).toEqual(['sub-1 urgent', 'sub-1 plain', 'sub-1 optional', 'sub-2 other']);
  expect(offered({ subscriptions, language: 'de' })?.[1]).toEqual({
    upgradePathId: 'plain',
    subscriptionId: 'sub-1',
    targets: ['yearly'],
    title: 'Jährlich',
    transition: 'immediately_with_invoice',
  });
});

test('what cannot change over is offered nothing', () => {
  const subscriptions = [
    { ...monthly, status: 'cancelled' as const },
    { ...monthly, id: 'sub-2', currency: 'USD' },
    { ...monthly, id: 'sub-3', tags: ['yearly'] },
  ];
  expect(offered({ subscriptions })).toEqual([]);
  expect(offered({})).toEqual([]);
});

test('an unsaved path counts like a stored one', () => {
  const draft = {
    upgradePaths: [
      {
        name: 'New',
        texts: { en: { title: 'New' } },
        sources: ['monthly'],
        targets: ['yearly'],
        transition: 'next_booking' as const,
        priority: 99,
      },
    ],
  };
  expect(offered({ subscriptions: [monthly], draft })?.[0]).toMatchObject({ title: 'New' });
});

test('only who asks is told, and lines change over as without a choice', () => {
  const cart = { lines: [yearly], subscriptions: [monthly] };
  expect(quoteOf(rules, cart)).toMatchObject({ upgradeOffers: undefined });
  const asked = quoteOf(rules, { ...cart, transitions: 'offers' });
  expect(asked.upgradeOffers).toHaveLength(3);
  expect(asked.transitions).toMatchObject([{ upgradePathId: 'urgent', outcome: 'replace' }]);
});
