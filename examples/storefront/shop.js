// A shop page: plans with their prices in one call, a cart with code, nudges, offers and upgrades. Everything that costs
// or saves money is Offerbook's answer; the page shows it. In a project with a bundler: from '@offerbook/client'.
import { createOfferbook, OfferbookError } from '../../client/index.js';

const CURRENCY = 'EUR';
const MONTH = { unit: 'month', length: 1 };
const YEAR = { unit: 'year', length: 1 };

/** What the shop sells; a real one has this from its platform. */
const PLANS = [
  { plan: 'web-pro-monthly', serviceType: 'web-hosting', period: MONTH, unitPrice: '14.50' },
  { plan: 'web-pro-yearly', serviceType: 'web-hosting', period: YEAR, unitPrice: '145.00', action: 'change' },
  { plan: 'vps-m', serviceType: 'vps', period: MONTH, unitPrice: '24.00' },
  { plan: 'dedicated-s', serviceType: 'dedicated', period: YEAR, unitPrice: '948.00', setupFee: '49.00' },
  { plan: 'dedicated-m', serviceType: 'dedicated', period: YEAR, unitPrice: '1188.00', setupFee: '49.00' },
];
const NAMES = {
  'web-pro-monthly': { en: 'Web Pro, monthly', de: 'Web Pro, monatlich' },
  'web-pro-yearly': { en: 'Web Pro, yearly', de: 'Web Pro, jährlich' },
  'vps-m': { en: 'Virtual server M', de: 'Virtueller Server M' },
  'dedicated-s': { en: 'Dedicated server S', de: 'Dedizierter Server S' },
  'dedicated-m': { en: 'Dedicated server M', de: 'Dedizierter Server M' },
};
const TEXTS = {
  en: {
    plans: 'Plans',
    cart: 'Your cart',
    empty: 'Nothing yet.',
    add: 'Add',
    remove: 'Remove',
    key: 'Publishable key',
    code: 'Promo code',
    apply: 'Apply',
    subscribed: 'I have Web Pro, monthly, at 14.50',
    subtotal: 'Price',
    discount: 'You save',
    total: 'Total',
    due: 'Due today',
    month: 'a month',
    year: 'a year',
    until: 'until',
    setup: 'Setup',
    applied: 'Thank you, your code applies.',
    more: (missing, saving) => `Only ${missing} more, and you save ${saving}.`,
    offer: (now, before) => `${now} instead of ${before}`,
    convert: 'Change my plan',
    keep: 'Keep my plan, and buy this as well',
    offers: 'Goes well with it',
    reasons: {
      promo_code_unknown: 'We do not know this code.',
      promo_code_expired: 'This code has expired.',
      promo_code_not_started: 'This code is not valid yet.',
      condition_unmet: 'This cart does not meet the terms of the code.',
      other: 'This code does not apply here.',
    },
  },
  de: {
    plans: 'Tarife',
    cart: 'Ihr Warenkorb',
    empty: 'Noch leer.',
    add: 'Hinzufügen',
    remove: 'Entfernen',
    key: 'Öffentlicher Schlüssel',
    code: 'Gutscheincode',
    apply: 'Einlösen',
    subscribed: 'Ich habe Web Pro, monatlich, zu 14,50',
    subtotal: 'Preis',
    discount: 'Sie sparen',
    total: 'Summe',
    due: 'Heute fällig',
    month: 'im Monat',
    year: 'im Jahr',
    until: 'bis',
    setup: 'Einrichtung',
    applied: 'Danke, Ihr Code gilt.',
    more: (missing, saving) => `Nur noch ${missing}, und Sie sparen ${saving}.`,
    offer: (now, before) => `${now} statt ${before}`,
    convert: 'Meinen Tarif umstellen',
    keep: 'Meinen Tarif behalten und diesen dazu kaufen',
    offers: 'Passt dazu',
    reasons: {
      promo_code_unknown: 'Diesen Code kennen wir nicht.',
      promo_code_expired: 'Dieser Code ist abgelaufen.',
      promo_code_not_started: 'Dieser Code gilt noch nicht.',
      condition_unmet: 'Der Warenkorb erfüllt die Bedingungen des Codes nicht.',
      other: 'Dieser Code gilt hier nicht.',
    },
  },
};

/** All that the page knows: what the customer has chosen. */
const shop = { language: navigator.language.startsWith('de') ? 'de' : 'en', cart: [], codes: [], choices: new Map() };
/** Only the latest answer is shown, whatever the order in which they come. */
let latest = 0;

const at = (id) => document.getElementById(id);
const text = () => TEXTS[shop.language];
const money = (amount) =>
  new Intl.NumberFormat(shop.language, { style: 'currency', currency: CURRENCY }).format(amount);
const date = (instant) => new Intl.DateTimeFormat(shop.language, { dateStyle: 'medium' }).format(new Date(instant));
const nameOf = ({ plan, title }) => NAMES[plan]?.[shop.language] ?? title ?? plan;

function element(name, content, ...children) {
  const made = document.createElement(name);
  made.append(...[content, ...children].filter((part) => part !== undefined && part !== ''));
  return made;
}

function button(label, act) {
  const made = element('button', label);
  made.type = 'button';
  made.addEventListener('click', () => {
    act();
    refresh();
  });
  return made;
}

/** Asks for the list's prices and the cart's in parallel, and shows both. */
async function refresh() {
  const turn = ++latest;
  translate();
  at('problem').textContent = '';
  if (at('key').value.trim() === '') return;
  try {
    const offerbook = createOfferbook({ baseUrl: location.origin, key: at('key').value.trim() });
    const request = { currency: CURRENCY, language: shop.language };
    const [list, quote] = await Promise.all([
      offerbook.quotes({ ...request, answer: 'prices', quotes: PLANS.map(priceListEntry) }),
      offerbook.quote({ ...request, ...cart(), promoCodes: shop.codes, nudges: 3, offerPrices: true }),
    ]);
    if (turn !== latest) return;
    showPlans(list.items);
    showCart(quote);
    showOffers(quote.offers);
  } catch (error) {
    at('problem').textContent = error instanceof OfferbookError ? error.problem.detail : error.message;
  }
}

function priceListEntry(plan) {
  return { id: plan.plan, lines: [{ id: plan.plan, ...plan, action: 'order' }] };
}

function cart() {
  const isSubscribed = at('subscribed').checked;
  const lines = shop.cart.map((line) => (isSubscribed ? line : { ...line, action: 'order' }));
  const transitions = [...shop.choices].map(([lineId, choice]) => ({ lineId, ...choice }));
  return isSubscribed ? { lines, subscriptions: [subscription()], transitions } : { lines };
}

/** The customer's monthly plan, in the middle of its month. */
function subscription() {
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
  return {
    id: 'web-pro',
    title: nameOf(PLANS[0]),
    plan: 'web-pro-monthly',
    price: '14.50',
    currency: CURRENCY,
    interval: MONTH,
    startedAt: day(-135),
    lastBookingAt: day(-15),
    nextBookingAt: day(15),
    lastInvoice: { amount: '14.50', from: day(-15).slice(0, 10), to: day(14).slice(0, 10) },
  };
}

function translate() {
  document.documentElement.lang = shop.language;
  for (const place of document.querySelectorAll('[data-text]')) place.textContent = text()[place.dataset.text];
}

function showPlans(items) {
  const entries = PLANS.map((plan, index) => {
    const { subtotal, total, titles = [], validUntil } = items[index];
    const per = plan.period.unit === 'month' ? text().month : text().year;
    const price = element('p', total === subtotal ? '' : element('del', money(subtotal)), ` ${money(total)} ${per}`);
    price.className = 'price';
    const until = validUntil === undefined ? '' : ` (${text().until} ${date(validUntil)})`;
    const note = titles.length > 0 ? element('p', titles.join(', ') + until) : '';
    const entry = element(
      'li',
      element('h2', nameOf(plan)),
      price,
      note,
      button(text().add, () => add(plan)),
    );
    entry.className = 'card';
    return entry;
  });
  at('plans').replaceChildren(...entries);
}

function add(line) {
  shop.cart.push({ ...line, id: `${line.plan ?? line.serviceType}-${shop.cart.length + 1}` });
}

function showCart({ lines, totals, promoCodes, transitions, nudges = [] }) {
  const rows = shop.cart.map((line, index) => {
    const { subtotal, total } = lines[index];
    const price = element('span', total === subtotal ? '' : element('del', money(subtotal)), ` ${money(total)}`);
    const remove = button(text().remove, () => {
      shop.cart.splice(index, 1);
      shop.choices.delete(line.id);
    });
    return element('li', element('span', nameOf(line)), price, remove);
  });
  at('lines').replaceChildren(...(rows.length > 0 ? rows : [element('li', text().empty)]));
  at('choices').replaceChildren(...transitions.filter(({ alternatives }) => alternatives).map(choiceOf));
  at('codes').textContent = promoCodes.map(codeWords).join(' ');
  at('nudges').replaceChildren(...nudges.map(nudgeOf));
  const sums = [
    [text().subtotal, totals.subtotal],
    [text().discount, totals.discount],
    [text().total, totals.total],
    [text().due, totals.dueNow],
  ];
  const shown = sums.filter(([, amount]) => amount !== undefined);
  at('totals').replaceChildren(
    ...shown.map(([label, amount]) => element('p', element('span', label), element('strong', money(amount)))),
  );
}

function codeWords({ code, status, reason }) {
  return `${code}: ${status === 'applied' ? text().applied : (text().reasons[reason] ?? text().reasons.other)}`;
}

function nudgeOf({ title, missing, saving }) {
  const amount = missing.amount === undefined ? String(missing.count) : money(missing.amount);
  return element('li', element('strong', title ?? ''), element('div', text().more(amount, money(saving))));
}

/** An upgrade that the customer may take or leave, with what each choice means. */
function choiceOf({ lineId, title, outcome, alternatives }) {
  const options = alternatives.map(({ choice, subscriptionId, outcome: then, description }) => {
    const input = document.createElement('input');
    input.type = 'radio';
    input.name = lineId;
    input.checked = then === outcome;
    input.addEventListener('change', () => {
      shop.choices.set(lineId, { choice, ...(subscriptionId && { subscriptionId }) });
      refresh();
    });
    return element('label', input, ` ${text()[choice]}`, description ? element('div', description) : '');
  });
  return element('fieldset', element('legend', title ?? ''), ...options);
}

function showOffers(offers) {
  const priced = offers.filter(({ line, price }) => line && price);
  const entries = priced.map(({ title, line, price }) => {
    const words =
      price.total === price.subtotal ? money(price.total) : text().offer(money(price.total), money(price.subtotal));
    return element(
      'li',
      `${title ?? ''}: ${words} `,
      button(text().add, () => add({ ...line, title })),
    );
  });
  at('offers').replaceChildren(
    ...(entries.length > 0 ? [element('h2', text().offers), element('ul', ...entries)] : []),
  );
}

at('language').value = shop.language;
at('language').addEventListener('change', () => {
  shop.language = at('language').value;
  refresh();
});
at('key').value = new URLSearchParams(location.hash.slice(1)).get('key') ?? '';
for (const id of ['key', 'subscribed']) at(id).addEventListener('change', refresh);
at('code-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const code = at('code').value.trim();
  shop.codes = code === '' ? [] : [code];
  refresh();
});
refresh();
