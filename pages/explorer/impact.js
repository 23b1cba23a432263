// What the draft would have done to the orders of a time: asks for a simulation, waits for it, and shows what it found.
import { h, section, table } from './dom.js';

const LOOK_EVERY_MS = 500;
const ENDED = ['done', 'failed', 'cancelled'];

/** Simulates a draft on the orders of a time; `show` is given what is to be seen, again and again until it is done. */
export async function simulate({ draft, from, to }, { get, post }, show) {
  const { id } = await post('/v1/simulations', { draft, from: startOf(from), to: startOf(to) });
  for (;;) {
    const simulation = await get(`/v1/simulations/${id}`);
    show(simulation.result ? report(simulation.result) : progress(simulation));
    if (ENDED.includes(simulation.status)) return;
    await new Promise((over) => setTimeout(over, LOOK_EVERY_MS));
  }
}

function progress({ status, progress: { done, of } }) {
  return section(
    'Impact on orders',
    h('p', {}, ENDED.includes(status) ? `The simulation has ${status}.` : `${done} of ${of} orders …`),
    h('progress', { max: of, value: done }),
  );
}

function report({ orders, changed, refused, discountBefore, discountAfter, byPromotion, examples }) {
  const sums = Object.keys({ ...discountBefore, ...discountAfter }).map((currency) => ({
    what: `Taken off, ${currency}`,
    before: discountBefore[currency] ?? '0',
    after: discountAfter[currency] ?? '0',
  }));
  return section(
    'Impact on orders',
    h(
      'p',
      {},
      `${changed} of ${orders} orders would have another price.`,
      refused > 0 && ` ${refused} are refused today.`,
    ),
    beforeAndAfter([{ title: '', cell: ({ what }) => what }], sums),
    byPromotion.length > 0 && h('h3', {}, 'By promotion'),
    byPromotion.length > 0 &&
      beforeAndAfter([{ title: 'Promotion', cell: ({ name }) => name }], byPromotion.flatMap(rows)),
    examples.length > 0 && h('h3', {}, 'Changed orders'),
    examples.length > 0 &&
      beforeAndAfter(
        [
          { title: 'Redemption', cell: ({ redemptionId }) => h('code', {}, redemptionId) },
          { title: 'Currency', cell: ({ currency }) => currency },
        ],
        examples.map(({ before, after, ...order }) => ({ ...order, before: before.total, after: after.total })),
      ),
  );
}

/** A promotion has a row for its orders, and one for each currency. */
function rows({ name, ordersBefore, ordersAfter, discountBefore, discountAfter }) {
  const currencies = Object.keys({ ...discountBefore, ...discountAfter });
  return [
    { name: `${name}: orders`, before: String(ordersBefore), after: String(ordersAfter) },
    ...currencies.map((currency) => ({
      name: `${name}: ${currency}`,
      before: discountBefore[currency] ?? '0',
      after: discountAfter[currency] ?? '0',
    })),
  ];
}

function beforeAndAfter(columns, entries) {
  return table(
    [
      ...columns,
      { title: 'Stored', cell: ({ before }) => before, number: true },
      {
        title: 'With the draft',
        cell: ({ before, after }) => h('span', before === after ? {} : { class: 'good' }, after),
        number: true,
      },
    ],
    entries,
  );
}

/** The beginning of a day, here and now. */
function startOf(date) {
  return new Date(`${date}T00:00:00`).toISOString();
}
