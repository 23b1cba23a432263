/**
 * The tenant who must not notice: sends quotes at times that are fixed beforehand, however slow the answers are, plain ones and
 * ones that read facts in turn. `begin` and `end` on standard input; each end prints how long they took since then, from
 * the time at which each was due.
 */
import http from 'node:http';
import readline from 'node:readline';
import { cartsOf } from '../workload.mjs';

const { url, token, size, perSecond } = JSON.parse(process.argv[2]);
const agent = new http.Agent({ keepAlive: true });
const carts = cartsOf(size, 100);
const bodies = {
  plain: carts.map((cart) => JSON.stringify(cart)),
  facts: carts.map((cart, index) => {
    const customer = { id: `customer-${index}`, services: [] };
    return JSON.stringify({ ...cart, customer, promoCodes: ['FACTS'] });
  }),
};
let times;
let timer;

function begin() {
  times = { plain: [], facts: [], failed: 0 };
  const kept = times;
  const startedAt = performance.now();
  let sent = 0;
  timer = setInterval(() => {
    for (; startedAt + (sent * 1_000) / perSecond <= performance.now(); sent++) {
      quote(sent % 2 === 0 ? 'plain' : 'facts', sent, startedAt + (sent * 1_000) / perSecond, kept);
    }
  }, 2);
}

function quote(kind, index, dueAt, kept) {
  const body = bodies[kind][index % bodies[kind].length];
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    authorization: `Bearer ${token}`,
  };
  const place = kept[kind].push(Number.POSITIVE_INFINITY) - 1;
  const request = http.request(`${url}/v1/quote`, { method: 'POST', agent, headers }, (answer) => {
    answer.resume();
    answer.once('end', () => {
      kept[kind][place] = performance.now() - dueAt;
      if (answer.statusCode !== 200) kept.failed++;
    });
  });
  request.on('error', () => kept.failed++);
  request.end(body);
}

/** What has no answer yet has waited for so long at least. */
async function end() {
  clearInterval(timer);
  const until = performance.now() + 10_000;
  while ([...times.plain, ...times.facts].includes(Number.POSITIVE_INFINITY) && performance.now() < until) {
    await new Promise((done) => setTimeout(done, 20));
  }
  const bounded = (list) => list.map((ms) => Math.min(ms, 10_000));
  process.stdout.write(
    `${JSON.stringify({ plain: bounded(times.plain), facts: bounded(times.facts), failed: times.failed })}\n`,
  );
}

for await (const command of readline.createInterface({ input: process.stdin })) {
  if (command === 'begin') begin();
  else await end();
}
