/** The same suites once more, with every request sent by the SDK: both ways keep the same promises. */
process.env.TWINORIGIN_S3_CLIENT = 'sdk';
await import('./objectStore.test.js');
await import('./s3.test.js');
await import('./faults.test.js');
await import('./errors.test.js');
await import('./pace.test.js');
