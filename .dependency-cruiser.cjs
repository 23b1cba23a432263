/** The arrows of the code: main → app → http → store → engine. Each layer may use the ones to its right. */
const upward = [
  ['engine', '^src/engine/', '^src/(main|app|config|project-root|http|store)|^build/generated'],
  ['store', '^src/store/', '^src/(main|app|config|http)|^build/generated'],
  ['http', '^src/http/', '^src/(main|app)|^build/generated'],
  ['app', '^src/app', '^src/main'],
];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^build/' } },
    ...upward.map(([layer, from, to]) => ({
      name: `${layer}-knows-only-what-is-below`,
      severity: 'error',
      from: { path: from },
      to: { path: to },
    })),
    {
      name: 'engine-is-pure',
      comment: 'No I/O and no library in the engine, except the one for money and the one for the calendar.',
      severity: 'error',
      from: { path: '^src/engine/', pathNot: '^src/engine/(money|time)\\.ts$' },
      to: { pathNot: '^src/engine/' },
    },
    {
      name: 'money-knows-only-big',
      severity: 'error',
      from: { path: '^src/engine/money\\.ts$' },
      to: { pathNot: '^src/engine/|^node_modules/(@types/)?big\\.js/' },
    },
    {
      name: 'time-knows-only-temporal',
      severity: 'error',
      from: { path: '^src/engine/time\\.ts$' },
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
