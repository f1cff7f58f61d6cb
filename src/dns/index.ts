/** What the command line needs of DNS. */
import type { AskServer } from '../provision/host/dns.js';
import { parseServer } from './exchange.js';
import { askServer } from './query.js';

export { openDynamicZone, type DynamicZone } from './dynamicUpdate.js';
export { parseServer } from './exchange.js';
export { makeKey, readKeyFile } from './keyFile.js';
export type { TsigKey } from './tsig.js';

export const askNameServer: AskServer = (server, name, type) => askServer(parseServer(server), name, type);
