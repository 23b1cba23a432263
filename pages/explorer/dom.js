// Makes elements. Everything from an answer becomes text, never markup.

/** The width of a drawing that fits into a narrow window. */
export const NARROW = 330;

/** An element with attributes and children; `undefined` children are left out. */
export function h(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** An element of a drawing. */
export function s(name, attributes = {}, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

/** A drawing with a title that is read to those who do not see it; in a narrow window it scrolls. */
export function drawing(title, width, height, ...children) {
  const attributes = { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': title };
  if (width <= NARROW) attributes.class = 'narrow';
  return h('div', { class: 'scroll' }, s('svg', attributes, s('title', {}, title), ...children));
}

/** A part of the answer with a heading. */
export function section(title, ...children) {
  return h('section', { class: 'card' }, h('h2', {}, title), ...children);
}

/** A table; a column is a heading, what its cell shows, and whether that is a number. */
export function table(columns, rows) {
  const kind = ({ number }) => (number ? { class: 'number' } : {});
  const head = h('tr', {}, ...columns.map((column) => h('th', { scope: 'col', ...kind(column) }, column.title)));
  const body = rows.map((row) => h('tr', {}, ...columns.map((column) => h('td', kind(column), column.cell(row)))));
  return h('div', { class: 'scroll', tabindex: '0' }, h('table', {}, h('thead', {}, head), h('tbody', {}, ...body)));
}

/** A date as people of this browser write it. */
export function day(instant) {
  return new Date(instant).toLocaleDateString(undefined, { dateStyle: 'medium' });
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== false));
  return element;
}
