import { defineConfig } from 'vitest/config';

/** Real sites from npm, fetched once into node_modules/.cache (see fetchSites.ts); needs the registry the first time. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/sites/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
  },
});
