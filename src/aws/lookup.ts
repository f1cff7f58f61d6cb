/** Names of this machine, for endpoints on it. */
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/**
 * Resolves names; those under `.localhost` are this machine (RFC 6761 6.3), which many system resolvers do not know. The
 * SDK puts the account's number before the host of some services.
 */
export const lookupHost: LookupFunction = (host, options, callback) => {
  if (!host.endsWith('.localhost')) {
    lookup(host, options, callback);
    return;
  }
  const address = { address: '127.0.0.1', family: 4 };
  if (options.all === true) callback(null, [address]);
  else callback(null, address.address, address.family);
};
