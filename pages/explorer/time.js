// What happens when: payments, the forecast, and what becomes of subscriptions.
import { day, drawing, h, s, section, table } from './dom.js';
import { shortened } from './prices.js';

const WIDTH = 640;

/** Payments that the quote knows, transitions on a time line, and the forecast. */
export function overTime(quote, forecast) {
  const { payments, transitions, upgradeOffers } = quote;
  return [
    payments?.length > 0 && section('Payments', paymentBars(payments), paymentTable(payments)),
    ...transitions.map(transitionSection),
    upgradeOffers?.length > 0 && section('Upgrades on offer', upgrades(upgradeOffers)),
    forecast && section('Forecast', forecastBars(forecast), changes(forecast), assumptions(forecast)),
  ];
}

/** The room that a date takes. */
const LABEL = 70;

function paymentBars(payments) {
  return barChart(
    'Payments',
    payments.map(({ at, amount }) => ({ label: day(at), amount })),
  );
}

/** The renewals, after what the order itself costs. */
function forecastBars({ quote, forecast }) {
  if (forecast.length === 0) return h('p', { class: 'soft' }, 'Nothing of this cart renews.');
  const bars = [{ at: quote.at, total: quote.totals.total }, ...forecast];
  return barChart(
    'Payments ahead',
    bars.map(({ at, total }) => ({ label: day(at), amount: total })),
  );
}

function barChart(title, bars) {
  const most = Math.max(...bars.map(({ amount }) => Number(amount)), 1e-9);
  const step = WIDTH / Math.max(bars.length, 4);
  const width = Math.min(step * 0.7, 60);
  const height = 110;
  const labels = Math.ceil(bars.length / 6);
  const drawn = bars.map(({ label, amount }, index) => {
    const size = (Number(amount) / most) * height;
    const [x, y] = [step * index, 20 + height - size];
    return s(
      'g',
      {},
      s('title', {}, `${label}: ${amount}`),
      s('rect', { x, y, width, height: size, rx: 2, class: 'bar' }),
      bars.length <= 13 && s('text', { x, y: y - 6, class: 'small' }, amount),
      index % labels === 0 && x + LABEL <= WIDTH && s('text', { x, y: height + 38, class: 'small soft' }, label),
    );
  });
  const words = `${title}: ${bars.map(({ label, amount }) => `${label} ${amount}`).join(', ')}`;
  return drawing(words, WIDTH, height + 46, drawn);
}

function paymentTable(payments) {
  return table(
    [
      { title: 'Due', cell: ({ at }) => day(at) },
      { title: 'For', cell: ({ items }) => items.map(({ lineId, amount }) => `${lineId} ${amount}`).join(', ') },
      { title: 'Credit', cell: ({ credit }) => credit ?? '', number: true },
      { title: 'Amount', cell: ({ amount }) => amount, number: true },
    ],
    payments,
  );
}

function transitionSection({ lineId, title, description, outcome, transition, steps, alternatives, candidates }) {
  return section(
    `${title ?? 'Transition'}: ${lineId}`,
    h('p', {}, `${outcome.replaceAll('_', ' ')}, ${transition.replaceAll('_', ' ')}`),
    description !== undefined && h('p', { class: 'soft' }, description),
    steps?.length > 0 && timeLine(steps),
    candidates && h('p', {}, `Choose a subscription: ${candidates.join(', ')}`),
    ...(alternatives ?? []).map((one) =>
      h(
        'details',
        {},
        h('summary', {}, `If the customer chooses ${one.choice}: ${one.outcome.replaceAll('_', ' ')}`),
        timeLine(one.steps),
      ),
    ),
  );
}

/** Steps in their order on a line from the first instant to the last. */
function timeLine(steps) {
  const times = steps.map(({ at }) => Date.parse(at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const x = (time) => 10 + (last === first ? 0 : ((time - first) / (last - first)) * (WIDTH - 280));
  const drawn = steps.map((step, index) => {
    const y = 22 + index * 24;
    const left = x(Date.parse(step.at));
    return s(
      'g',
      {},
      s('line', { x1: left, x2: left, y1: 4, y2: y, class: 'axis' }),
      s('circle', { cx: left, cy: y, r: 5, class: 'dot' }),
      s('text', { x: left + 12, y: y + 4 }, shortened(stepWords(step), 44)),
    );
  });
  const title = steps.map(stepWords).join('; ');
  return drawing(
    title,
    WIDTH,
    22 + steps.length * 24,
    s('line', { x1: 4, x2: WIDTH - 8, y1: 4, y2: 4, class: 'axis' }),
    drawn,
  );
}

function stepWords({ type, at, amount }) {
  return `${day(at)}: ${type.replaceAll('_', ' ')}${amount === undefined ? '' : ` ${amount}`}`;
}

function upgrades(offers) {
  return table(
    [
      { title: 'Upgrade', cell: ({ title, upgradePathId }) => title ?? upgradePathId },
      { title: 'Subscription', cell: ({ subscriptionId }) => subscriptionId },
      { title: 'To', cell: ({ targets }) => targets.join(', ') },
    ],
    offers,
  );
}

function changes({ quote, forecast }) {
  const known = [...quote.discounts, ...forecast.flatMap(({ lines }) => lines.flatMap(({ discounts }) => discounts))];
  const names = new Map(known.map(({ discountId, title, name }) => [discountId, title ?? name ?? discountId]));
  const rows = forecast.flatMap(({ at, changes: some }) => some.map((change) => ({ at, ...change })));
  if (rows.length === 0) return undefined;
  return table(
    [
      { title: 'From', cell: ({ at }) => day(at) },
      { title: 'Line', cell: ({ lineId }) => lineId },
      { title: 'Discount', cell: ({ change, discountId }) => `${CHANGES[change] ?? change}: ${names.get(discountId)}` },
      { title: 'Before', cell: ({ before }) => before ?? '', number: true },
      { title: 'After', cell: ({ after }) => after ?? '', number: true },
    ],
    rows,
  );
}

const CHANGES = { begins: 'begins', ends: 'ends', amount: 'another amount' };

function assumptions({ assumptions: texts }) {
  return h(
    'details',
    {},
    h('summary', {}, 'What this assumes'),
    h('ul', {}, ...texts.map((text) => h('li', {}, text))),
  );
}
