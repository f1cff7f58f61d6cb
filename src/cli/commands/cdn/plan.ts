/** `cdn plan`: what `cdn up` would do. Cannot write. */
import { renderProvisionPlan } from '../../../report/provisionText.js';
import type { Invocation } from '../../action.js';
import { tellCdn } from '../../tellCdn.js';

export async function run(invocation: Invocation): Promise<number> {
  return tellCdn(invocation, renderProvisionPlan);
}
