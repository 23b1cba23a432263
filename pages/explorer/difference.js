// The cart by the stored rules, and with the draft laid over them.
import { h, section, table } from './dom.js';

/** Line by line and discount by discount what the draft changes. */
export function difference(stored, drafted) {
  const rows = [
    ...drafted.lines.map((line, index) => ({ what: line.id, before: stored.lines[index]?.total, after: line.total })),
    ...discountRows(stored.discounts, drafted.discounts),
    { what: 'Total', before: stored.totals.total, after: drafted.totals.total },
  ];
  const changed = ({ before, after }) => (before === after ? {} : { class: 'good' });
  return section(
    'Draft and stored rules',
    table(
      [
        { title: '', cell: ({ what }) => what },
        { title: 'Stored', cell: ({ before }) => before ?? '–', number: true },
        { title: 'With the draft', cell: (row) => h('span', changed(row), row.after ?? '–'), number: true },
        { title: 'Difference', cell: differenceOf, number: true },
      ],
      rows,
    ),
  );
}

function discountRows(before, after) {
  const name = (discount) => discount.title ?? discount.name;
  const names = new Set([...before, ...after].map(name));
  const amount = (discounts, wanted) => discounts.find((discount) => name(discount) === wanted)?.amount;
  return [...names].map((one) => ({
    what: `Discount: ${one}`,
    before: amount(before, one),
    after: amount(after, one),
  }));
}

function differenceOf({ before = '0', after = '0' }) {
  const digits = Math.max(...[before, after].map((amount) => amount.split('.')[1]?.length ?? 0));
  const value = Number(after) - Number(before);
  return value === 0 ? '' : `${value > 0 ? '+' : '−'}${Math.abs(value).toFixed(digits)}`;
}
