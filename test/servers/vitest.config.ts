import { defineConfig } from 'vitest/config';

/** Real S3 servers (Ceph's radosgw, moto) instead of fakes: `npm run test:servers`. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/servers/**/*.test.ts'],
    globalSetup: ['test/servers/servers.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    pool: 'forks',
  },
});
