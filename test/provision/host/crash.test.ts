import { withCredentials } from '../../aws/credentials.js';
import { describeCrashes } from './crashes.js';

withCredentials();

// All other combinations are tried by test/servers/hostCrash.test.ts.
describeCrashes(3_000, ['hanging'], ['up']);
