import { defineConfig } from 'vitest/config';

/** Few and quick tests, as each mutant is held against them. */
export default defineConfig({
  test: {
    include: ['test/unit/plan-{code,generate,null,shape,values}.test.ts', 'test/mutation/check-examples.ts'],
    testTimeout: 30_000,
  },
});
