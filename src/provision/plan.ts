/** Compares what there is with what there should be, and says for every resource what is to be done and why. Reads only. */
import pLimit from 'p-limit';
import type { ProvisionAction } from '../events.js';
import type { Problem } from '../problems.js';
import { collectFindings, type GrowingFindings } from './findings.js';
import { orderByNeeds } from './order.js';
import { oursAmong, type Difference, type MonthlyPrice, type ResourceReader } from './resource.js';

export interface ProvisionChange {
  readonly kind: string;
  readonly name: string;
  readonly action: ProvisionAction;
  /** One sentence a person understands. */
  readonly reason: string;
  /** As the service knows it; absent when it is not there. */
  readonly id?: string;
  /** Foreign ones too. */
  readonly differences: readonly Difference[];
  /** What a person has to do before it can become ready. */
  readonly todo: readonly string[];
  readonly monthly: readonly MonthlyPrice[];
}

export interface ProvisionPlan {
  /** In the order in which they are done; removals last. */
  readonly changes: readonly ProvisionChange[];
  readonly totals: Readonly<Record<ProvisionAction, number>>;
  /** US dollars a month at list price: fixed prices of what is there now, and of what will be. */
  readonly monthly: { readonly now: number; readonly then: number };
  readonly problems: readonly Problem[];
  /** Everything is there, as it should be, and ready. */
  readonly empty: boolean;
  /** What was found, for applying. */
  readonly findings: GrowingFindings;
}

/** Requests under way at once: CloudFront and Route 53 answer few a second. */
const width = 4;

/**
 * Makes the plan.
 * @param problems what the wing has to say beside it.
 */
export async function planProvision(
  resources: readonly ResourceReader[],
  problems: readonly Problem[] = [],
): Promise<ProvisionPlan> {
  const ordered = orderByNeeds(resources);
  const findings = await findAll(ordered);
  const wanted = ordered.filter(({ unwanted }) => unwanted === undefined);
  const unwanted = ordered.filter((resource) => resource.unwanted !== undefined).reverse();
  const changes = [
    ...wanted.map((resource) => planResource(resource, findings)),
    ...unwanted.flatMap((resource) => planRemoval(resource, findings)),
  ];
  const count = (action: ProvisionAction) => changes.filter((change) => change.action === action).length;
  const totals = {
    create: count('create'),
    update: count('update'),
    wait: count('wait'),
    keep: count('keep'),
    remove: count('remove'),
  };
  return {
    changes,
    totals,
    monthly: {
      now: sumPrices(changes.filter(({ action }) => action !== 'create')),
      then: sumPrices(changes.filter(({ action }) => action !== 'remove')),
    },
    problems,
    empty: totals.keep === changes.length,
    findings,
  };
}

async function findAll(ordered: readonly ResourceReader[]): Promise<GrowingFindings> {
  const findings = collectFindings();
  const limit = pLimit(width);
  const finding = new Map<string, Promise<void>>();
  for (const resource of ordered) {
    const find = async (): Promise<void> => {
      await Promise.all(resource.needs.map(async ({ name }) => finding.get(name)));
      const live = await limit(() => resource.find(findings));
      if (live !== null) findings.set(resource, live);
    };
    finding.set(resource.name, find());
  }
  // All of them are waited for, so that no request is still under way when one has failed.
  const results = await Promise.allSettled([...finding.values()]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return findings;
}

function planResource(resource: ResourceReader, findings: GrowingFindings): ProvisionChange {
  const { kind, name, monthly = [] } = resource;
  const live = findings.of(resource);
  if (live === undefined)
    return { kind, name, action: 'create', reason: 'is not there yet', differences: [], todo: [], monthly };
  const differences = resource.compare(live, findings);
  const readiness = resource.readiness?.(live) ?? { ready: true };
  const known = { kind, name, id: resource.identify(live), differences, todo: [], monthly };
  const ours = oursAmong(differences);
  if (ours.length > 0)
    return { ...known, action: 'update', reason: `differs in ${ours.map(({ setting }) => setting).join(', ')}` };
  if (!readiness.ready) return { ...known, action: 'wait', reason: readiness.reason, todo: readiness.todo ?? [] };
  return { ...known, action: 'keep', reason: 'is as it should be' };
}

function planRemoval(resource: ResourceReader, findings: GrowingFindings): readonly ProvisionChange[] {
  const live = findings.of(resource);
  if (live === undefined) return [];
  const { kind, name, monthly = [], unwanted = 'is not wanted any more' } = resource;
  const id = resource.identify(live);
  return [{ kind, name, action: 'remove', reason: unwanted, id, differences: [], todo: [], monthly }];
}

function sumPrices(changes: readonly ProvisionChange[]): number {
  const sum = changes.flatMap(({ monthly }) => monthly).reduce((total, { usd }) => total + usd, 0);
  return Math.round(sum * 100) / 100;
}
