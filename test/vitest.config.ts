import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/servers/**',
      'test/browser/**',
      'test/sites/**',
      'test/package/**',
      'test/generators/**',
      'node_modules/**',
    ],
    // A machine with other work must not fail a test that only needs time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
});
