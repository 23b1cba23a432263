// Why a rule or a code did not apply, what is missing for more, and what is offered.
import { day, h, section, table } from './dom.js';

/** Codes, refusals with their numbers, nudges and offers. */
export function reasons({ promoCodes, declined, nudges, offers }) {
  return [
    promoCodes.length > 0 && section('Codes', codes(promoCodes)),
    declined.length > 0 && section('Why not', refusals(declined)),
    nudges?.length > 0 && section('Nearly there', nudgeTable(nudges)),
    offers.length > 0 && section('Offers', offerTable(offers)),
  ];
}

function codes(promoCodes) {
  return table(
    [
      { title: 'Code', cell: ({ code }) => code },
      { title: 'Status', cell: ({ status }) => h('span', { class: status === 'applied' ? 'good' : 'bad' }, status) },
      { title: 'Reason', cell: ({ reason }) => words(reason) },
    ],
    promoCodes,
  );
}

function refusals(declined) {
  return table(
    [
      { title: 'Rule', cell: (one) => one.title ?? one.name ?? one.promotionId ?? one.discountId },
      { title: 'Reason', cell: (one) => words(one.reason) + windowOf(one) },
      {
        title: 'Because',
        cell: ({ unmet = [] }) => h('div', {}, ...unmet.map((one) => h('div', {}, unmetWords(one)))),
      },
    ],
    declined,
  );
}

function windowOf({ startsAt, endsAt }) {
  return `${startsAt ? `, from ${day(startsAt)}` : ''}${endsAt ? `, until ${day(endsAt)}` : ''}`;
}

function unmetWords({ type, name, group, reason, pointer, actual, required, missing }) {
  const numbers = [
    actual !== undefined && `is ${shown(actual)}`,
    required !== undefined && `must be ${shown(required)}`,
    missing !== undefined && `${shown(missing)} missing`,
  ].filter(Boolean);
  const facts = [reason && words(reason), pointer].filter(Boolean).join(' at ');
  return `${words(name ?? type)}${group ? ` (${group})` : ''}: ${[facts, ...numbers].filter(Boolean).join(', ') || 'not met'}`;
}

function nudgeTable(nudges) {
  return table(
    [
      { title: 'Promotion', cell: (one) => one.title ?? one.promotionId },
      { title: 'Missing', cell: ({ missing }) => `${words(missing.type)}: ${missing.amount ?? missing.count ?? ''}` },
      { title: 'Would save', cell: ({ saving }) => saving, number: true },
      { title: 'Total then', cell: ({ total }) => total, number: true },
    ],
    nudges,
  );
}

function offerTable(offers) {
  return table(
    [
      { title: 'Offer', cell: (one) => one.title ?? one.relatedProductId },
      { title: 'Action', cell: ({ action, autoAdd }) => `${action.function}${autoAdd ? ' (added by itself)' : ''}` },
      { title: 'Price', cell: ({ price }) => (price ? priceWords(price) : '') },
    ],
    offers,
  );
}

function priceWords({ subtotal, total }) {
  return total === subtotal ? total : `${total} instead of ${subtotal}`;
}

function shown(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `condition_unmet` → `condition unmet`. */
function words(code = '') {
  return code.replaceAll('_', ' ');
}
