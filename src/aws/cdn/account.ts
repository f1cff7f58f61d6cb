/** An AWS account as the CDN wing sees it; the reader has no request in it that writes. */
import type { CdnAccount, CdnAccountReader } from '../../provision/cdn/ports.js';
import type { Aws } from '../clients.js';
import { openAddresses, readAddresses } from './addresses.js';
import { openBucketPolicies, readBucketPolicies } from './bucketPolicies.js';
import { openBuckets, readBuckets } from './buckets.js';
import { openCertificates, readCertificates } from './certificates.js';
import { openDistributions, readDistributions } from './distributions.js';
import { openFunctions, openKeyValueStores, readFunctions, readKeyValueStores } from './functions.js';
import {
  openAccessControls,
  openCachePolicies,
  openHeadersPolicies,
  readAccessControls,
  readCachePolicies,
  readHeadersPolicies,
} from './policies.js';
import { openServices } from './services.js';

export function openCdnAccountReader(aws: Aws): CdnAccountReader {
  const services = openServices(aws);
  return {
    buckets: readBuckets(services),
    accessControls: readAccessControls(services),
    cachePolicies: readCachePolicies(services),
    headersPolicies: readHeadersPolicies(services),
    keyValueStores: readKeyValueStores(services),
    functions: readFunctions(services),
    certificates: readCertificates(services),
    distributions: readDistributions(services),
    bucketPolicies: readBucketPolicies(services),
    addresses: readAddresses(services),
  };
}

export function openCdnAccount(aws: Aws): CdnAccount {
  const services = openServices(aws);
  return {
    buckets: openBuckets(services),
    accessControls: openAccessControls(services),
    cachePolicies: openCachePolicies(services),
    headersPolicies: openHeadersPolicies(services),
    keyValueStores: openKeyValueStores(services),
    functions: openFunctions(services),
    certificates: openCertificates(services),
    distributions: openDistributions(services),
    bucketPolicies: openBucketPolicies(services),
    addresses: openAddresses(services),
  };
}
