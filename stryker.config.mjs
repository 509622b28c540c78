/**
 * Mutation testing of the engine: `npm run mutate`, or a part of it: `npm run mutate -- --mutate 'src/engine/nps.ts'`.
 * Changes the code in thousands of small ways and runs the tests that reach each change; one that no test notices
 * survives, and is listed in reports/mutation.
 */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  mutate: ['src/engine/**/*.ts'],
  // TypeScript 7 has no interface in JavaScript, through which Stryker would rewrite tsconfig.json. It need not.
  tsconfigFile: 'none',
  ignorePatterns: ['/data', '/dist', '/reports', '/bench', '/demo', '/prisma'],
  // What is computed once at start is reached by every test, and costs a fresh process each.
  ignoreStatic: true,
  incremental: true,
  incrementalFile: 'reports/mutation/incremental.json',
  reporters: ['clear-text', 'json', 'html'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  htmlReporter: { fileName: 'reports/mutation/mutation.html' },
  concurrency: 1,
  dryRunTimeoutMinutes: 20,
  timeoutMS: 20_000,
  timeoutFactor: 4,
  thresholds: { high: 95, low: 90, break: 85 },
};
