import { defineConfig } from 'vitest/config';

/** The package as it is published: packed, installed and used; needs the registry. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/package/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
    pool: 'forks',
  },
});
