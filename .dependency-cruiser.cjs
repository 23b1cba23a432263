const { existsSync, readdirSync } = require('node:fs');

/** The layers, from the bottom up: each may use those before it, and none after it. */
const layers = ['engine', 'expressions', 'store', 'services', 'http', 'app', 'process', 'main'];

/**
 * The rooms of each layer, from the bottom up: each may use those before it; rooms of one row do not use each other. Files
 * that lie in a layer itself are used by all of its rooms.
 */
const rooms = {
  engine: [
    ['time'],
    ['money'],
    ['vocabulary'],
    ['cart'],
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
    ['embedded-postgres', 'providers', 'events', 'simulations'],
    ['redemptions', 'webhooks'],
    ['catalog', 'promo-codes', 'customers'],
    ['whole-catalog', 'lint'],
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

const foldersOf = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));

/** Refuses a folder that no list names, and a name that is no folder: no rule would say what it may use. */
function requireListed(folder, listed) {
  const folders = foldersOf(folder);
  for (const name of folders) if (!listed.includes(name)) throw new Error(`${folder}/${name} is in no list of rooms`);
  for (const name of listed) if (!folders.includes(name)) throw new Error(`${folder}/${name} is listed, and missing`);
}
const layersWithRooms = layers.filter((layer) => !existsSync(`src/${layer}.ts`));
requireListed('src', layersWithRooms);
for (const layer of layersWithRooms) requireListed(`src/${layer}`, (rooms[layer] ?? []).flat());

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
