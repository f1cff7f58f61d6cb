import { defineConfig } from 'vitest/config';

/** Needs Chromium (Debian: `apt-get install chromium`, or CHROMIUM=path). One browser serves the whole suite. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/startChromium.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 600_000,
    pool: 'forks',
  },
});
