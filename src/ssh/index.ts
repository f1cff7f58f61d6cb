/** What the command line needs of servers that are reached over SSH. */
export { openPagesServers } from './pagesServers.js';
