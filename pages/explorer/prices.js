// What the cart costs: the totals, and for each line the steps from its price to what is left of it.
import { day, drawing, h, NARROW, s, section, table } from './dom.js';

const ROW = 24;
/** How wide a waterfall is, with its labels at the left and its amounts at the right. */
const WIDE = { width: 640, left: 250, right: 90, letters: 36 };
const SLIM = { width: NARROW, left: 150, right: 75, letters: 22 };

/** Totals, a waterfall per line, and the discounts that applied. */
export function prices({ totals, currency, lines, discounts }) {
  const names = new Map(discounts.map((discount) => [discount.discountId, discount.title ?? discount.name]));
  return [
    section(
      'Total',
      h('p', { class: 'total' }, `${totals.total} ${currency}`),
      h('p', { class: 'soft' }, `${totals.subtotal} less ${totals.discount}${dueNow(totals)}`),
    ),
    section('Price by line', ...lines.flatMap((line) => [h('h3', {}, line.id), waterfall(line, names)])),
    discounts.length > 0 && section('Discounts', discountTable(discounts)),
  ];
}

function dueNow({ dueNow: now }) {
  return now === undefined ? '' : `; due now: ${now}`;
}

function waterfall(line, names) {
  const setup = line.setup ?? { subtotal: '0', discount: '0', discounts: [] };
  const steps = [
    { label: 'List price', amount: line.subtotal },
    ...line.discounts.map(({ discountId, amount }) => ({
      label: names.get(discountId) ?? discountId,
      amount,
      less: true,
    })),
    { label: 'Total', amount: line.total, whole: true },
  ];
  if (line.setup)
    steps.push({ label: `Setup: ${setup.subtotal} less ${setup.discount}`, amount: setup.total, whole: true });
  const size = matchMedia('(max-width: 40rem)').matches ? SLIM : WIDE;
  return drawing(
    `Price of ${line.id}: ${line.subtotal} less ${line.discount} is ${line.total}`,
    size.width,
    steps.length * ROW,
    bars(steps, size),
  );
}

function bars(steps, { width, left, right, letters }) {
  const largest = Math.max(...steps.map(({ amount }) => Number(amount)), 1e-9);
  const scale = (width - left - right) / largest;
  let level = 0;
  return steps.map(({ label, amount, less }, index) => {
    const value = Number(amount);
    level = less ? level - value : value;
    const y = index * ROW;
    const bar = { x: left + (less ? Math.max(level, 0) : 0) * scale, y: y + 4, height: ROW - 8, rx: 2 };
    return s(
      'g',
      {},
      s('text', { x: 0, y: y + 16 }, shortened(label, letters)),
      s('rect', { ...bar, width: Math.max(value * scale, 1), class: less ? 'less' : 'bar' }),
      s('text', { x: width, y: y + 16, 'text-anchor': 'end' }, less ? `−${amount}` : amount),
    );
  });
}

function discountTable(discounts) {
  return table(
    [
      { title: 'Discount', cell: (one) => one.title ?? one.name },
      { title: 'Code', cell: (one) => one.promoCode ?? '' },
      { title: 'Amount', cell: (one) => one.amount, number: true },
      { title: 'Until', cell: (one) => until(one) },
    ],
    discounts,
  );
}

function until({ validUntil, paymentsLeft, balance, endsAt }) {
  const parts = [
    validUntil && `kept until ${day(validUntil)}`,
    paymentsLeft !== undefined && `${paymentsLeft} more payments`,
    balance && `${Object.entries(balance).map(([currency, amount]) => `${amount} ${currency}`)} left`,
    endsAt && `offered until ${day(endsAt)}`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** Cut to what a label has room for. */
export function shortened(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
