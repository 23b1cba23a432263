/** One table: what was measured, its ratio to its yardstick (median, least and most of the rounds), and the figure itself. */

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const round = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** Ratios round by round, so that what slows the machine for a while slows both. */
function ratio(above, below) {
  const ratios = above.map((value, index) => value / below[index]);
  return [round(median(ratios)), round(Math.min(...ratios)), round(Math.max(...ratios))];
}

/** What was measured, row by row. */
export function rowsOf({ compile, engine, peers, throughput, load, half, written }) {
  const rows = [];
  const add = (part, what, yardstick, figures, absolute) => rows.push([part, what, yardstick, ...figures, absolute]);
  for (const [name, perSecond] of Object.entries(throughput)) {
    add('a', name, 'express echo', ratio(perSecond, throughput['express echo']), `${round(median(perSecond))}/s`);
  }
  const base = engine[0].times;
  for (const { size, lines, payments, candidates, times } of engine) {
    if (payments !== undefined) {
      const quotes = engine.find((one) => one.size === size).times;
      const what = `forecast of ${payments} payments, ${size} promotions, ${lines} lines`;
      add('b', what, 'one quote', ratio(times, quotes), `${round(median(times))} µs`);
      continue;
    }
    const what = `engine, ${size} promotions, ${lines} lines (${candidates.toFixed(1)} candidates)`;
    const yardstick = lines === 10 ? `${engine[0].size} promotions` : '10 lines';
    const below = lines === 10 ? base : engine.find((one) => one.size === size).times;
    add('b', what, yardstick, ratio(times, below), `${round(median(times))} µs`);
  }
  for (const { name, size, times } of peers) {
    const own = engine.find((one) => one.size === size).times;
    add('b', `${name}, ${size} promotions`, 'our engine', ratio(times, own), `${round(median(times))} µs`);
  }
  const compiling = [round(compile.compileMs / compile.parseMs), '', ''];
  add(
    'c',
    `compile ${compile.size} promotions (${round(compile.megabytes)} MB)`,
    'JSON.parse',
    compiling,
    `${round(compile.compileMs)} ms`,
  );
  add(
    'c',
    'heap of the compiled rulebook and its source',
    '1 GiB',
    [round(compile.heapMb / 1024), '', ''],
    `${round(compile.heapMb)} MB`,
  );
  for (const [size, ms] of Object.entries(load)) {
    add('c', `first quote of ${size} promotions: read and compile`, '', ['', '', ''], `${round(Math.max(0, ms))} ms`);
  }
  add(
    'd',
    'p99 at half of the saturating rate',
    'p50',
    ratio(
      half.map(({ p99 }) => p99),
      half.map(({ p50 }) => Math.max(p50, 1)),
    ),
    `${median(half.map(({ p50 }) => p50))} / ${median(half.map(({ p99 }) => p99))} ms`,
  );
  const quotes = median(throughput['quote, 1000']);
  add(
    'e',
    'quotes while the same provider writes',
    'without',
    [round(written.quotes / quotes), '', ''],
    `${round(written.quotes)}/s`,
  );
  add('e', 'catalog writes meanwhile', '', ['', '', ''], `${round(written.perSecond)}/s`);

  return rows.map(([part, what, against, ...figures]) => {
    const [ratio, min, max, figure] = figures;
    return { part, what, against, ratio, min, max, figure };
  });
}

/** Prints the rows; with those of an `earlier` run also their ratios. */
export function print(rows, earlier) {
  const before = new Map(earlier?.map((row) => [row.what, row.ratio]));
  const cells = rows.map(({ part, what, against, ratio, min, max, figure }) => [
    ...[part, what, against, ratio, min, max, figure],
    ...(earlier ? [before.get(what) ?? ''] : []),
  ]);
  const head = ['', 'what', 'against', 'ratio', 'min', 'max', 'figure', ...(earlier ? ['ratio before'] : [])];
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column].length)));
  for (const row of [head, widths.map((width) => '-'.repeat(width)), ...cells]) {
    process.stdout.write(
      `${row.map((cell, column) => (column < 3 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ')}\n`,
    );
  }
}
