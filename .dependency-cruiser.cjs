const { readdirSync } = require('node:fs');

/** The folders and files of `src`, from the bottom up: each may use those before it, and none after it. */
const layers = [
  'project-root',
  'engine',
  'expressions',
  'store',
  'services',
  'http',
  'config',
  'demo',
  'app',
  'process',
  'migrate',
  'reconcile',
  'copy-to-server',
  'main',
];

/**
 * The rooms of each layer, from the bottom up: each may use those before it; rooms of one row do not use each other. Files
 * that lie in a layer itself are used by all of its rooms.
 */
const rooms = {
  engine: [
    ['time'],
    ['money'],
    ['vocabulary'],
    ['indexing', 'cart'],
    ['conditions', 'discount-values'],
    ['rulebook'],
    ['judging', 'transitions', 'lint'],
    ['combining'],
    ['decision'],
    ['offers'],
    ['quote'],
    ['forecast', 'returns', 'simulation'],
  ],
  expressions: [['values'], ['parameters', 'evaluating']],
  store: [
    ['database'],
    ['cluster'],
    ['embedded-postgres', 'providers', 'events', 'simulations'],
    ['redemptions', 'webhooks'],
    ['catalog', 'promo-codes', 'customers', 'reports'],
    ['whole-catalog', 'lint'],
    ['streamed-catalog'],
  ],
  services: [
    ['concurrency', 'limits'],
    ['caching'],
    ['monitoring'],
    ['quoting'],
    ['redeeming', 'linting', 'webhooks', 'simulating', 'customers', 'events'],
  ],
  http: [
    ['answers'],
    ['contract'],
    ['writes'],
    ['streams'],
    ['middleware'],
    ['connections'],
    ['controllers', 'routing', 'fast-path', 'pages'],
  ],
};

/** Refuses what no list names, and a name that nothing bears: no rule would say what it may use. */
function requireListed(folder, found, listed) {
  for (const name of found) if (!listed.includes(name)) throw new Error(`${folder}/${name} is in no list of rooms`);
  for (const name of listed) if (!found.includes(name)) throw new Error(`${folder}/${name} is listed, and missing`);
}
const entriesOf = (folder) => readdirSync(folder, { withFileTypes: true });
const foldersOf = (folder) => entriesOf(folder).flatMap((entry) => (entry.isDirectory() ? entry.name : []));
requireListed(
  'src',
  entriesOf('src').map(({ name }) => name.replace(/\.ts$/, '')),
  layers,
);
for (const layer of foldersOf('src'))
  requireListed(`src/${layer}`, foldersOf(`src/${layer}`), (rooms[layer] ?? []).flat());

/** A rule for each room: it does not use its neighbours, and none of the rooms above it. */
const roomRules = ([layer, rows]) =>
  rows.flatMap((row, index) =>
    row.map((room) => ({
      name: `${layer}-${room}-knows-only-rooms-below`,
      severity: 'error',
      from: { path: `^src/${layer}/${room}/` },
      to: {
        path:
          [...row.filter((other) => other !== room), ...rows.slice(index + 1).flat()]
            .map((other) => `^src/${layer}/${other}/`)
            .join('|') || '^$',
      },
    })),
  );

const above = (index) => layers.slice(index + 1).map((layer) => `^src/${layer}(/|\\.ts)`);

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^build/' } },
    ...layers.map((layer, index) => ({
      name: `${layer}-knows-only-what-is-below`,
      severity: 'error',
      from: { path: `^src/${layer}(/|\\.ts)` },
      to: { path: [...above(index), ...(index < layers.indexOf('app') ? ['^build/generated'] : [])].join('|') || '^$' },
    })),
    ...Object.entries(rooms).flatMap(roomRules),
    {
      name: 'engine-is-pure',
      comment: 'No I/O and no library in the engine, except the one for the calendar.',
      severity: 'error',
      from: { path: '^src/engine/', pathNot: '^src/engine/time/calendar\\.ts$' },
      to: { pathNot: '^src/engine/' },
    },
    {
      name: 'calendar-knows-only-temporal',
      severity: 'error',
      from: { path: '^src/engine/time/calendar\\.ts$' },
      to: { pathNot: '^src/engine/|^node_modules/temporal-(polyfill|spec|utils)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
  },
};
