import { describe, expect, it } from 'vitest';
import { applyProvision } from '../../src/provision/apply.js';
import { planProvision } from '../../src/provision/plan.js';
import { provisionDocumentSchema } from '../../src/report/documents.js';
import { describeProvisionOutcome, describeProvisionPlan } from '../../src/report/provisionJson.js';
import { renderProvisionOutcome, renderProvisionPlan, renderProvisionStatus } from '../../src/report/provisionText.js';
import { makeWorld, openAccount, wish } from '../provision/memoryAccount.js';
import { plain as look } from './look.js';

async function example() {
  const account = openAccount();
  const bucket = wish(account, { name: 'images bucket', settings: { encryption: 'AES256' } });
  const certificate = wish(account, { name: 'certificate', looks: 9, todo: ['add the record _x.example.com'] });
  const site = wish(account, { name: 'site', needs: [certificate], monthly: [{ what: 'address', usd: 3.65 }] });
  const old = wish(account, { name: 'old', unwanted: 'replaced by site' });
  for (const thing of ['images bucket', 'old'])
    account.things.set(thing, { id: `${thing}-1`, version: 1, settings: { note: 'by hand\u001b[2J' }, looks: 0 });
  const resources = [bucket, certificate, site, old];
  const plan = await planProvision(resources);
  return { plan, outcome: await applyProvision(plan, resources, makeWorld()) };
}

describe('reports of provisioning', () => {
  it('say what will be done, what it costs and what is left alone', async () => {
    const { plan } = await example();
    expect(renderProvisionPlan(plan, look)).toBe(`Plan
+ 2 to create   ~ 1 to change   - 1 to remove

~ images bucket  images bucket-1
      encryption: not set -> AES256
+ certificate    is not there yet
+ site           is not there yet
- old            old-1  replaced by site

Made by somebody else, and left alone
    images bucket: note: by hand\\x1b[2J

Price  $3.65 a month fixed (now $0): address $3.65; use comes on top`);
    expect(renderProvisionStatus(plan, look)).toContain(
      '! 0 resources as they should be, 1 changed by somebody else, or not yet as the configuration says, 2 missing',
    );
  });

  it('say what was done, and what a person has to do first', async () => {
    const { outcome } = await example();
    const text = renderProvisionOutcome(outcome, look);
    expect(text).toMatch(/^… Done: 1 created, 1 changed, 1 removed, 0 as before \(\d/);
    expect(text).toContain(`Waits for you; then run the same command again
    certificate is being deployed
      add the record _x.example.com
    site waits for certificate`);
  });

  it('are documents that their schema describes', async () => {
    const { plan, outcome } = await example();
    const planned = provisionDocumentSchema.parse(describeProvisionPlan(plan));
    const done = provisionDocumentSchema.parse(describeProvisionOutcome(outcome));
    expect(planned).toMatchObject({ applied: false, changes: { create: 2, update: 1, wait: 0, keep: 0, remove: 1 } });
    expect(done.resources.map(({ name, action, id }) => [name, action, id])).toEqual([
      ['images bucket', 'update', 'images bucket-1'],
      ['certificate', 'create', 'certificate-1'],
      ['site', 'wait', undefined],
      ['old', 'remove', 'old-1'],
    ]);
  });
});
