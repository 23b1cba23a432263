/** (c): what compiling a large catalog costs in time and memory. Prints one JSON document. */
import { createRequire } from 'node:module';
import { catalogOf } from './workload.mjs';

const { compileRulebook } = createRequire(import.meta.url)('../build/dist/src/engine/rulebook/compile.js');
const { rounds } = JSON.parse(process.argv[2]);
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

function compileFigures(size) {
  const text = JSON.stringify(catalogOf(size));
  const figures = { parse: [], compile: [] };
  let heap = 0;
  for (let round = 0; round < rounds; round++) {
    global.gc();
    const before = process.memoryUsage().heapUsed;
    let start = performance.now();
    const catalog = JSON.parse(text);
    figures.parse.push(performance.now() - start);
    start = performance.now();
    const rulebook = compileRulebook(catalog);
    figures.compile.push(performance.now() - start);
    global.gc();
    // Later rounds begin with what the earlier one has left in registers.
    if (round === 0) heap = process.memoryUsage().heapUsed - before;
    if (rulebook.held.promotions.size !== size) throw new Error('The rulebook lacks promotions');
  }
  return {
    size,
    megabytes: text.length / 1e6,
    parseMs: median(figures.parse),
    compileMs: median(figures.compile),
    heapMb: heap / 1_048_576,
  };
}

process.stdout.write(JSON.stringify(compileFigures(100_000)));
