/** What a server is made from, to recognise one that was made from something else. */
import { createHash } from 'node:crypto';
import type { Server } from './cloud.js';
import type { HostSettings } from './settings.js';
import { writeUserData } from './userData.js';

/** A digest over everything but the image's present id: a newer image behind the same name is no reason to replace. */
export function recipeOf(host: HostSettings, setup: string): string {
  const { type, market, keyPair, profile, securityGroups, diskGiB, image } = host.instance;
  const parts = {
    ...{ type, market, keyPair, profile, securityGroups, diskGiB, image },
    ...(host.ipv6 && { ipv6: true }), // Said only where it is wished: all others keep the digest they had.
  };
  const text = JSON.stringify(parts) + writeUserData(host, 'vol-0', setup);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** What differs, for people; empty when it is made from the same. */
export function describeStale(server: Server, host: HostSettings, setup: string): string {
  if (server.recipe === recipeOf(host, setup)) return '';
  const { type, image, market } = host.instance;
  const differences = [
    ...(server.type === type ? [] : [`type ${server.type} instead of ${type}`]),
    ...(server.imageName === image ? [] : [`image ${server.imageName} instead of ${image}`]),
    ...(server.spot === (market === 'spot')
      ? []
      : [`market ${server.spot ? 'spot' : 'on-demand'} instead of ${market}`]),
  ];
  return differences.length === 0 ? 'another setup' : differences.join(', ');
}
