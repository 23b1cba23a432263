/** (b): the engine alone, and its peers beside it. Prints one JSON document. */
import { createRequire } from 'node:module';
import { installedPeers } from './peers.mjs';
import { AT, cartsOf, catalogOf } from './workload.mjs';

const require = createRequire(import.meta.url);
const built = (name) => require(`../build/dist/src/engine/${name}.js`);
const { compileRulebook } = built('rulebook');
const { prepareQuote } = built('quote');
const { rulesOf } = built('ruleset');
const { priceCart } = built('priced-cart');
const { NO_FACTS } = built('facts');

const { rounds, sizes, quick } = JSON.parse(process.argv[2]);
const quote = (cart, rulebook) => prepareQuote(cart, AT, rulebook).evaluate(NO_FACTS).quote;

/** Microseconds per call, over about `ms` milliseconds. */
async function time(call, carts, ms) {
  let calls = 0;
  const start = performance.now();
  while (performance.now() - start < ms) {
    await call(carts[calls % carts.length]);
    calls += 1;
  }
  return ((performance.now() - start) * 1000) / calls;
}

/** The same without awaiting, for what answers at once. */
function timeSync(call, carts, ms) {
  let calls = 0;
  const start = performance.now();
  while (performance.now() - start < ms) {
    for (let n = 0; n < 10; n++) call(carts[(calls + n) % carts.length]);
    calls += 10;
  }
  return ((performance.now() - start) * 1000) / calls;
}

function candidates(rulebook, carts) {
  const rules = rulesOf(rulebook, undefined);
  const counts = carts.map((cart) => {
    const { linesBy } = priceCart(cart, AT, rules);
    return rules.discountsFor((kind) => linesBy(kind).keys()).length;
  });
  return counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

const subjects = sizes.map((size) => {
  const rulebook = compileRulebook(catalogOf(size));
  return { size, lines: 10, rulebook, carts: cartsOf(size, 200), times: [] };
});
subjects.push({
  size: 1_000,
  lines: 500,
  rulebook: subjects[1].rulebook,
  carts: cartsOf(1_000, 20, { lines: 500 }),
  times: [],
});
const rivals = [1_000, ...(quick ? [] : [10_000])].flatMap((size) =>
  installedPeers().map(({ name, make }) => ({
    name,
    size,
    call: make(catalogOf(size)),
    carts: cartsOf(size, 200),
    times: [],
  })),
);
for (const { rulebook, carts } of subjects) timeSync((cart) => quote(cart, rulebook), carts, quick ? 150 : 400);
for (const { call, carts } of rivals) await time(call, carts, quick ? 150 : 400);
for (let round = 0; round < rounds; round++) {
  for (const { rulebook, carts, times } of subjects) times.push(timeSync((cart) => quote(cart, rulebook), carts, 150));
  for (const { call, carts, times } of rivals) times.push(await time(call, carts, 150));
}
process.stdout.write(
  JSON.stringify({
    engine: subjects.map(({ size, lines, rulebook, carts, times }) => ({
      size,
      lines,
      candidates: candidates(rulebook, carts),
      times,
    })),
    peers: rivals.map(({ name, size, times }) => ({ name, size, times })),
  }),
);
