// A shop page: plans with their prices in one call, a cart with code, nudges, offers and upgrades. Everything that costs
// or saves money is Offerbook's answer; the page shows it. In a project with a bundler: from '@offerbook/client'.
import { createOfferbook, OfferbookError } from '../../client/index.js';

/** @import { CartLine, ManyQuotes, Quote, QuoteRequest } from '../../client/index.js' */

const CURRENCY = 'EUR';
const MONTH = /** @type {const} */ ({ unit: 'month', length: 1 });
const YEAR = /** @type {const} */ ({ unit: 'year', length: 1 });

/** What the shop sells; a real one has this from its platform. @type {Omit<CartLine, 'id'>[]} */
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
const WORDS = {
  plans: { en: 'Plans', de: 'Tarife' },
  cart: { en: 'Your cart', de: 'Ihr Warenkorb' },
  empty: { en: 'Nothing yet.', de: 'Noch leer.' },
  add: { en: 'Add', de: 'Hinzufügen' },
  remove: { en: 'Remove', de: 'Entfernen' },
  key: { en: 'Publishable key', de: 'Öffentlicher Schlüssel' },
  language: { en: 'Language', de: 'Sprache' },
  code: { en: 'Promo code', de: 'Gutscheincode' },
  apply: { en: 'Apply', de: 'Einlösen' },
  subscribed: { en: 'I have Web Pro, monthly, at 14.50', de: 'Ich habe Web Pro, monatlich, zu 14,50' },
  subtotal: { en: 'Price', de: 'Preis' },
  discount: { en: 'You save', de: 'Sie sparen' },
  total: { en: 'Total', de: 'Summe' },
  due: { en: 'Due today', de: 'Heute fällig' },
  month: { en: 'a month', de: 'im Monat' },
  year: { en: 'a year', de: 'im Jahr' },
  until: { en: 'until', de: 'bis' },
  insteadOf: { en: 'instead of', de: 'statt' },
  convert: { en: 'Change my plan', de: 'Meinen Tarif umstellen' },
  keep: { en: 'Keep my plan, and buy this as well', de: 'Meinen Tarif behalten und diesen dazu kaufen' },
  offers: { en: 'Goes well with it', de: 'Passt dazu' },
  more: { en: 'Only {missing} more, and you save {saving}.', de: 'Nur noch {missing}, und Sie sparen {saving}.' },
  applied: { en: 'Thank you, your code applies.', de: 'Danke, Ihr Code gilt.' },
  promo_code_unknown: { en: 'We do not know this code.', de: 'Diesen Code kennen wir nicht.' },
  promo_code_expired: { en: 'This code has expired.', de: 'Dieser Code ist abgelaufen.' },
  promo_code_not_started: { en: 'This code is not valid yet.', de: 'Dieser Code gilt noch nicht.' },
  condition_unmet: {
    en: 'This cart does not meet the terms of the code.',
    de: 'Der Warenkorb erfüllt die Bedingungen des Codes nicht.',
  },
  declined: { en: 'This code does not apply here.', de: 'Dieser Code gilt hier nicht.' },
};

/** All that the page knows: what the customer has chosen. */
const shop = {
  language: navigator.language.startsWith('de') ? 'de' : 'en',
  cart: /** @type {CartLine[]} */ ([]),
  added: 0,
  codes: /** @type {string[]} */ ([]),
  choices: new Map(),
  gifts: new Set(),
};
/** Only the latest answer is shown, whatever the order in which they come. */
let latest = 0;

/** @type {(id: string) => any} */
const at = (id) => document.getElementById(id);
/** @type {(name: string) => string} */
const word = (name) => (WORDS[name] ?? WORDS.declined)[shop.language];
const money = (amount) =>
  new Intl.NumberFormat(shop.language, { style: 'currency', currency: CURRENCY }).format(amount);
const date = (instant) => new Intl.DateTimeFormat(shop.language, { dateStyle: 'medium' }).format(new Date(instant));
/** @type {(line: Omit<CartLine, 'id'>) => string} */
const nameOf = ({ plan = '', title }) => NAMES[plan]?.[shop.language] ?? title ?? plan;

function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children.filter((part) => part !== undefined && part !== ''));
  return made;
}

/** A button that changes what is chosen; its id keeps the keyboard where it was when everything is shown anew. */
function button(id, label, act) {
  const made = element('button', label);
  Object.assign(made, { id, type: 'button' });
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
  const key = at('key').value.trim();
  if (key === '') return;
  try {
    const offerbook = createOfferbook({ baseUrl: location.origin, key });
    const request = { currency: CURRENCY, language: shop.language };
    const [list, quote] = await Promise.all([
      offerbook.quotes({ ...request, answer: 'prices', quotes: PLANS.map(priceListEntry) }),
      offerbook.quote({ ...request, ...cart(), promoCodes: shop.codes, nudges: 3, offerPrices: true }),
    ]);
    if (turn !== latest) return;
    if (addGifts(quote)) return refresh();
    const focused = document.activeElement?.id ?? '';
    showPlans(list);
    showCart(quote);
    showOffers(quote);
    at(focused)?.focus();
  } catch (error) {
    at('problem').textContent = error instanceof OfferbookError ? error.problem.detail : String(error);
  }
}

/** @param {Omit<CartLine, 'id'>} plan @returns {{ id: string, lines: CartLine[] }} */
function priceListEntry({ plan = '', ...line }) {
  return { id: plan, lines: [{ id: plan, plan, ...line, action: 'order' }] };
}

/** @returns {Pick<QuoteRequest, 'lines' | 'subscriptions' | 'transitions'>} */
function cart() {
  if (!at('subscribed').checked) return { lines: shop.cart.map((line) => ({ ...line, action: 'order' })) };
  const transitions = [...shop.choices].map(([lineId, choice]) => ({ lineId, ...choice }));
  return { lines: shop.cart, subscriptions: [subscription()], transitions };
}

/** The customer's monthly plan, in the middle of its month. */
function subscription() {
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
  return {
    id: 'web-pro',
    title: NAMES['web-pro-monthly'][shop.language],
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
  for (const place of document.querySelectorAll('[data-text]')) {
    place.textContent = word(place.getAttribute('data-text') ?? '');
  }
  at('language').setAttribute('aria-label', word('language'));
}

/** What it costs now, and before it what it would cost without discounts. */
function price({ subtotal, total }, per = '') {
  return element('span', total === subtotal ? '' : element('del', money(subtotal)), ` ${money(total)} ${per}`);
}

/** @param {ManyQuotes} list */
function showPlans({ items }) {
  const entries = PLANS.map((plan, index) => {
    const item = items[index];
    const { titles, validUntil } = item && 'titles' in item ? item : { titles: [] };
    const until = validUntil === undefined ? '' : ` (${word('until')} ${date(validUntil)})`;
    const entry = element(
      'li',
      element('h2', nameOf(plan)),
      item && 'titles' in item ? element('p', price(item, word(plan.period?.unit ?? ''))) : '',
      titles.length > 0 ? element('p', titles.join(', ') + until) : '',
      button(`add-${plan.plan}`, word('add'), () => add(plan)),
    );
    entry.className = 'card';
    return entry;
  });
  at('plans').replaceChildren(...entries);
}

/** @param {Omit<CartLine, 'id'>} line */
function add(line) {
  shop.added += 1;
  shop.cart.push({ ...line, id: `line-${shop.added}` });
}

/** Adds what the shop gives away, once: who removes a gift does not want it. @param {Quote} quote */
function addGifts({ offers }) {
  const gifts = offers.filter(({ autoAdd, relatedProductId }) => autoAdd && !shop.gifts.has(relatedProductId));
  for (const { line, relatedProductId } of gifts) {
    shop.gifts.add(relatedProductId);
    if (line) add(line);
  }
  return gifts.length > 0;
}

/** @param {Quote} quote */
function showCart({ lines, totals, promoCodes, transitions, nudges = [] }) {
  const rows = shop.cart.map((line, index) => {
    const remove = button(`remove-${line.id}`, word('remove'), () => {
      shop.cart.splice(index, 1);
      shop.choices.delete(line.id);
    });
    return element('li', element('span', nameOf(line)), lines[index] ? price(lines[index]) : '', remove);
  });
  at('lines').replaceChildren(...(rows.length > 0 ? rows : [element('li', word('empty'))]));
  at('choices').replaceChildren(...transitions.flatMap(choiceOf));
  at('codes').textContent = promoCodes
    .map(({ code, status, reason }) => `${code}: ${word(status === 'applied' ? status : (reason ?? status))}`)
    .join(' ');
  at('nudges').replaceChildren(...nudges.map(nudgeOf));
  const sums = { subtotal: totals.subtotal, discount: totals.discount, total: totals.total, due: totals.dueNow };
  at('totals').replaceChildren(
    ...Object.entries(sums).map(([name, sum]) =>
      element('p', element('span', word(name)), element('strong', money(sum))),
    ),
  );
}

/** @param {NonNullable<Quote['nudges']>[number]} nudge */
function nudgeOf({ title = '', missing, saving }) {
  const amount = missing.amount === undefined ? String(missing.count) : money(missing.amount);
  const words = word('more').replace('{missing}', amount).replace('{saving}', money(saving));
  return element('li', element('strong', title), element('div', words));
}

/** An upgrade that the customer may take or leave, with what each choice means. @param {Quote['transitions'][number]} line */
function choiceOf({ lineId, title = '', outcome, alternatives = [] }) {
  const options = alternatives.map(({ choice, subscriptionId, outcome: then, description = '' }) => {
    const input = document.createElement('input');
    Object.assign(input, {
      type: 'radio',
      name: lineId,
      id: `${lineId}-${choice}-${subscriptionId}`,
      checked: then === outcome,
    });
    input.addEventListener('change', () => {
      shop.choices.set(lineId, { choice, ...(subscriptionId && { subscriptionId }) });
      refresh();
    });
    return element('label', input, ` ${word(choice)}`, element('div', description));
  });
  return options.length > 0 ? [element('fieldset', element('legend', title), ...options)] : [];
}

/** @param {Quote} quote */
function showOffers({ offers }) {
  const entries = offers.flatMap(({ relatedProductId, title = '', line, price }) => {
    if (!line || !price) return [];
    const before = price.total === price.subtotal ? '' : ` ${word('insteadOf')} ${money(price.subtotal)}`;
    const take = button(`offer-${relatedProductId}`, word('add'), () => add({ ...line, title }));
    return [element('li', `${title}: ${money(price.total)}${before}`, take)];
  });
  at('offers').replaceChildren(
    ...(entries.length > 0 ? [element('h2', word('offers')), element('ul', ...entries)] : []),
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
