import { withCredentials } from '../aws/credentials.js';
import { describeCrashes } from '../provision/host/crashes.js';

withCredentials();

describeCrashes(0, ['well', 'vanished', 'hanging'], ['up', 'down']);
describeCrashes(3_000, ['well', 'vanished'], ['down']);
