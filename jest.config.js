module.exports = {
  testEnvironment: '<rootDir>/test/support/jest/environment.js',
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/packages/*/test/**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/jest/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/jest/global-teardown.ts',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true },
          target: 'es2023',
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
    // Published as ES modules only, which jest cannot require on every supported Node.
    '/node_modules/(temporal-(polyfill|utils)|@marcbachmann/cel-js)/.+\\.js$': [
      '@swc/jest',
      { jsc: { target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!temporal-(polyfill|utils)/|@marcbachmann/cel-js/)'],
  modulePathIgnorePatterns: ['<rootDir>/build/dist', '<rootDir>/build/next', '<rootDir>/packages/client/build'],
  maxWorkers: 2,
  // Against tests that hang; nothing that is slow on a busy machine fails by it.
  testTimeout: 600_000,
};
