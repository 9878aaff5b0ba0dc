const folder = process.env.DATWAT_MUTATION_FOLDER;

export default {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  concurrency: 1,
  timeoutMS: 20_000,
  // Compilers read tsconfig.json through an API that TypeScript 7 does not have; the mutants run without it.
  tsconfigFile: 'none',
  ignorePatterns: ['policies/cases', 'test/bench', 'test/reliability', 'reports'],
  tempDirName: `${folder}/sandbox`,
  reporters: ['progress', 'json'],
  jsonReporter: { fileName: `${folder}/report.json` },
};
