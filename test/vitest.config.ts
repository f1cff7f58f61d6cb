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
    testTimeout: 30_000,
    pool: 'forks',
  },
});
