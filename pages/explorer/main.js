// Sends the cart as it was entered, and shows what the answer says. The key is kept in the page's memory alone.
import { code, raw } from './code.js';
import { difference } from './difference.js';
import { h, section } from './dom.js';
import { upgradeGraph } from './graph.js';
import { simulate } from './impact.js';
import { prices } from './prices.js';
import { reasons } from './reasons.js';
import { overTime } from './time.js';

const EXAMPLES = {
  'A server, a code and an upgrade': 'quote.json',
  'An upgrade that is paid by days': 'quote-prorated.json',
  'From a web page': 'quote-storefront.json',
  'Why not?': 'quote-explained.json',
  'What if? (draft)': 'quote-draft.json',
};
const NUDGES = 5;

const field = (id) => document.getElementById(id);
const isPublishable = () => field('key').value.startsWith('ob_pub_');

for (const [title, file] of Object.entries(EXAMPLES)) field('example').append(h('option', { value: file }, title));
field('example').addEventListener('change', () => loadExample(field('example').value));
field('request').addEventListener('submit', (event) => {
  event.preventDefault();
  show();
});
field('simulate').addEventListener('click', () => showImpact());
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) show();
});
await Promise.all([loadExample('quote.json'), offerWhatIsThere()]);

/** Puts an example into the form, its draft apart. */
async function loadExample(file) {
  const {
    draft,
    explain: _explain,
    ...cart
  } = await (await fetch(new URL(`../examples/${file}`, import.meta.url))).json();
  field('cart').value = JSON.stringify(cart, null, 2);
  field('draft').value = draft ? JSON.stringify(draft, null, 2) : '';
  field('draft').closest('details').open = draft !== undefined;
  field('cart').dataset.example = file;
}

/** Asks for what this service knows of. */
async function offerWhatIsThere() {
  const { components, paths } = await (await fetch('/openapi.json')).json();
  field('orders').hidden = paths['/v1/simulations'] === undefined;
  const [today, before] = [new Date(), new Date()];
  before.setMonth(today.getMonth() - 1);
  today.setDate(today.getDate() + 1);
  for (const [name, date] of Object.entries({ from: before, to: today }))
    field(name).value = date.toISOString().slice(0, 10);
  const { properties } = components.schemas.QuoteRequest;
  for (const name of ['nudges', 'offerPrices']) field(name).closest('label').hidden = properties[name] === undefined;
}

function show() {
  return told(async () => {
    const cart = read('cart');
    const draft = field('draft').value.trim() === '' ? undefined : read('draft');
    const request = { ...cart, ...wishes(cart) };
    const answers = await Promise.all([
      post('/v1/quote', draft ? { ...request, draft } : request),
      draft && post('/v1/quote', request),
      forecastOf(draft ? { ...request, draft } : request),
      isPublishable() ? undefined : get('/v1/upgrade-paths/graph'),
    ]);
    field('answer').replaceChildren(...drawn(request, draft, answers));
  });
}

/** What the draft would have done to the orders of a time. */
function showImpact() {
  return told(() => {
    const draft = field('draft').value.trim() === '' ? {} : read('draft');
    const wish = { draft, from: field('from').value, to: field('to').value };
    return simulate(wish, { get, post }, (part) => field('answer').replaceChildren(part));
  });
}

/** Does what was asked for, and says what is wrong with it. */
async function told(run) {
  field('problem').replaceChildren();
  try {
    await run();
  } catch (error) {
    field('problem').replaceChildren(
      ...(error.problem ? problemWords(error.problem) : [h('p', { class: 'bad' }, error.message)]),
    );
  }
}

function drawn(request, draft, [quote, stored, forecast, graph]) {
  const parts = [
    ...prices(quote),
    stored && difference(stored, quote),
    ...reasons(quote),
    ...overTime(quote, forecast),
    graph && upgradeGraph(graph),
    code(draft ? { ...request, draft } : request),
    raw(quote),
  ];
  return parts.filter(Boolean);
}

/** What the boxes ask for, unless the cart itself says otherwise. */
function wishes(cart) {
  const isAsked = (name) => field(name).checked && !field(name).closest('label').hidden;
  return {
    ...(isAsked('explain') && { explain: isPublishable() ? 'candidates' : 'all' }),
    ...(isAsked('nudges') && cart.nudges === undefined && { nudges: NUDGES }),
    ...(isAsked('offerPrices') && cart.offerPrices === undefined && { offerPrices: true }),
  };
}

async function forecastOf(quote) {
  const payments = Math.min(Number(field('payments').value), isPublishable() ? 12 : 36);
  if (payments < 1) return undefined;
  // A service without forecasts is asked for quotes all the same.
  return post('/v1/forecast', { quote, payments }).catch(() => undefined);
}

/** What was entered, as JSON; says where it ceases to be. */
function read(id) {
  try {
    return JSON.parse(field(id).value);
  } catch (error) {
    field(id).focus();
    throw new Error(`The ${id} is not JSON: ${error.message}`);
  }
}

function get(path) {
  return send(path, {});
}

function post(path, body) {
  return send(path, { method: 'POST', body: JSON.stringify(body) });
}

async function send(path, request) {
  const headers = { Authorization: `Bearer ${field('key').value.trim()}`, 'Content-Type': 'application/json' };
  const provider = field('provider').value.trim();
  if (provider !== '') headers['Offerbook-Provider'] = provider;
  const answer = await fetch(path, { ...request, headers });
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.detail), { problem: body });
  return body;
}

function problemWords({ status, code: name, detail, errors = [] }) {
  const places = errors.map(({ pointer, detail: words }) => h('li', {}, h('code', {}, pointer || '/'), ` ${words}`));
  return [
    section(
      `${status} ${name.replaceAll('_', ' ')}`,
      h('p', { class: 'bad' }, errors.length > 1 ? `${errors.length} errors` : detail),
      h('ul', {}, ...places),
    ),
  ];
}
