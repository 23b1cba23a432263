/** One engine with one catalog: warms up, says so, then answers every message with microseconds per cart. */
import { createRequire } from 'node:module';
import { installedPeers } from './peers.mjs';
import { AT, cartsOf, catalogOf } from './workload.mjs';

const require = createRequire(import.meta.url);
const built = (name) => require(`../build/dist/src/engine/${name}.js`);
const { compileRulebook } = built('rulebook/compile');
const { prepareQuote } = built('quote/quote');
const { rulesOf } = built('rulebook/draft');
const { priceCart } = built('cart/priced-cart');
const { NO_FACTS } = built('judging/facts');
const { prepareForecast } = built('forecast/forecast');

const ROUND_MS = 150;
const { name, size, lines, payments, warmUpMs } = JSON.parse(process.argv[2]);
const carts = cartsOf(size, lines === 10 ? 200 : 20, { lines });
const rulebook = name === undefined ? compileRulebook(catalogOf(size)) : undefined;
const run = rulebook === undefined ? await rival() : own(payments === undefined ? quote : forecast);

function quote(cart) {
  return prepareQuote(cart, AT, rulebook).evaluate(NO_FACTS);
}

function forecast(cart) {
  return prepareForecast({ quote: cart, payments }, AT, rulebook).evaluate(NO_FACTS);
}

/** Answers at once, so nothing is awaited. */
function own(answer) {
  return (ms) => {
    let calls = 0;
    const start = performance.now();
    while (performance.now() - start < ms) {
      for (let n = 0; n < 10; n++) answer(carts[(calls + n) % carts.length]);
      calls += 10;
    }
    return ((performance.now() - start) * 1000) / calls;
  };
}

async function rival() {
  const evaluate = await installedPeers()
    .find((peer) => peer.name === name)
    .make(catalogOf(size));
  return async (ms) => {
    let calls = 0;
    const start = performance.now();
    while (performance.now() - start < ms) {
      await evaluate(carts[calls % carts.length]);
      calls += 1;
    }
    return ((performance.now() - start) * 1000) / calls;
  };
}

function candidates() {
  const rules = rulesOf(rulebook, undefined);
  const counts = carts.map((cart) => {
    const { linesBy } = priceCart(cart, AT, rules);
    return rules.discountsFor((kind) => linesBy(kind).keys).length;
  });
  return counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

await run(warmUpMs);
process.send({ candidates: rulebook && candidates() });
process.on('message', async () => process.send(await run(ROUND_MS)));
