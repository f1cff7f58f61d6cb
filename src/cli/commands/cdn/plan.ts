/** `cdn plan`: what `cdn up` would do. Cannot write. */
import { renderProvisionPlan } from '../../../report/provisionText.js';
import type { Invocation } from '../../action.js';
import { printTemplate } from '../../cdnTemplate.js';
import { tellCdn } from '../../tellCdn.js';

export async function run(invocation: Invocation): Promise<number> {
  if (invocation.options.format === 'cloudformation') return printTemplate(invocation);
  return tellCdn(invocation, renderProvisionPlan);
}
