/** What the command line needs of AWS. Importing this loads nothing of the SDK. */
export { openAws, type Aws, type AwsSettings } from './clients.js';
export { openCloudFrontCdn, type CdnSettings } from './cloudfront.js';
export { openKeyValueStore, type KeyValueStoreSettings } from './keyValueStore.js';
export { batchFolder, makeBatchPolicies, openBatchService } from './batchJobs.js';
export { openBulkReader, openBulkWriter } from './bulk.js';
export { openS3Reader, openS3Store } from './s3.js';
export type { BucketSettings } from './bucket.js';
export * from './survey.js';
export { openTemplate } from './cdn/template/template.js';
export { openCdnAccount, openCdnAccountReader } from './cdn/account.js';
