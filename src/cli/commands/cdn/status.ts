/** `cdn status`: what there is, and how it differs from what the configuration says. Cannot write. */
import { renderProvisionStatus } from '../../../report/provisionText.js';
import type { Invocation } from '../../action.js';
import { tellCdn } from '../../tellCdn.js';

export async function run(invocation: Invocation): Promise<number> {
  return tellCdn(invocation, renderProvisionStatus);
}
