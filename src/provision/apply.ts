/**
 * Makes a plan come true, one resource after the other in the order of their needs. Nothing is remembered outside the
 * account: a run that broke off anywhere is finished by the next one, which finds what the first has made.
 */
import type { Event, ProvisionAction } from '../events.js';
import type { Problem } from '../problems.js';
import type { GrowingFindings } from './findings.js';
import { orderByNeeds } from './order.js';
import type { ProvisionChange, ProvisionPlan } from './plan.js';
import {
  AlreadyThere,
  ChangedMeanwhile,
  oursAmong,
  type Difference,
  type Readiness,
  type Resource,
} from './resource.js';
import { awaitReady } from './wait.js';

export interface ProvisionWorld {
  readonly clock: () => Date;
  /** Rejects when the run is interrupted. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly emit: (event: Event) => void;
  readonly signal: AbortSignal;
  /** How long one resource is waited for, in milliseconds. */
  readonly patience: number;
}

/** What became of one resource. */
export interface ProvisionStep {
  readonly kind: string;
  readonly name: string;
  /** What was done in the end; `wait` when it still waits for a person. */
  readonly action: ProvisionAction;
  readonly id?: string;
  readonly milliseconds: number;
}

export interface ProvisionOutcome {
  readonly plan: ProvisionPlan;
  /** In the order in which they were done, without what was kept. */
  readonly steps: readonly ProvisionStep[];
  /** What waits for a person, and with it everything that needs it. */
  readonly waiting: readonly ProvisionChange[];
  /** Everything that is there now. */
  readonly findings: GrowingFindings;
  readonly problems: readonly Problem[];
  readonly milliseconds: number;
}

/** Tries of one resource when somebody else changes it at the same moment. */
const attempts = 5;

/**
 * Applies a plan to the resources it was made of.
 * @throws PublishError `not-ready`, and what the services answer. What is done by then stays done.
 */
export async function applyProvision(
  plan: ProvisionPlan,
  resources: readonly Resource[],
  world: ProvisionWorld,
): Promise<ProvisionOutcome> {
  const started = performance.now();
  const findings = plan.findings.copy();
  const planned = new Map(plan.changes.map((change) => [change.name, change]));
  const steps: ProvisionStep[] = [];
  const waiting: ProvisionChange[] = [];
  const problems: Problem[] = [];
  const unready = new Map<string, Resource>();

  for (const resource of orderByNeeds(resources)) {
    const change = planned.get(resource.name);
    if (change === undefined || resource.unwanted !== undefined) continue;
    for (const need of resource.needs) await finishWaiting(need.name);
    const blocker = resource.needs.find(({ name }) => waiting.some((change) => change.name === name));
    if (blocker !== undefined) {
      waiting.push({ ...change, action: 'wait', reason: `waits for ${blocker.name}`, todo: [] });
      continue;
    }
    if (change.action !== 'keep') await settle(resource, change);
  }
  for (const name of [...unready.keys()]) await finishWaiting(name);
  for (const { name, action } of plan.changes) {
    const resource = resources.find((one) => one.name === name);
    if (action === 'remove' && resource !== undefined) await remove(resource);
  }
  return { plan, steps, waiting, findings, problems, milliseconds: performance.now() - started };

  /** Waiting is put off until somebody needs the resource, or until the end: several become ready at the same time. */
  async function settle(resource: Resource, change: ProvisionChange): Promise<void> {
    world.signal.throwIfAborted();
    const { kind, name } = resource;
    world.emit({ type: 'resource-started', kind, name, action: change.action });
    const began = performance.now();
    const { live, action } = await createOrUpdate(resource, findings);
    findings.set(resource, live);
    const unsettled = action === 'update' ? oursAmong(resource.compare(live, findings)) : [];
    if (unsettled.length > 0) problems.push(tellUnsettled(name, unsettled));
    const milliseconds = performance.now() - began;
    const id = resource.identify(live);
    const readiness = resource.readiness?.(live) ?? { ready: true };
    const isWaiting = holdForPerson(change, id, readiness);
    if (!isWaiting && !readiness.ready) unready.set(name, resource);
    const done = isWaiting && action === 'keep' ? 'wait' : action;
    if (done !== 'keep') steps.push({ kind, name, action: done, id, milliseconds });
    world.emit({ type: 'resource-finished', kind, name, action, id, milliseconds });
  }

  async function finishWaiting(name: string): Promise<void> {
    const resource = unready.get(name);
    if (resource === undefined) return;
    unready.delete(name);
    const began = performance.now();
    const live = await awaitReady(resource, findings.of(resource), findings, world);
    findings.set(resource, live);
    const { kind } = resource;
    const id = resource.identify(live);
    const change = planned.get(name);
    if (change !== undefined && holdForPerson(change, id, resource.readiness?.(live) ?? { ready: true })) return;
    world.emit({ type: 'resource-finished', kind, name, action: 'wait', id, milliseconds: performance.now() - began });
  }

  /** True when only a person can make it ready. */
  function holdForPerson(change: ProvisionChange, id: string, readiness: Readiness): boolean {
    if (readiness.ready) return false;
    const { reason, todo = [] } = readiness;
    if (todo.length > 0) waiting.push({ ...change, id, action: 'wait', reason, todo });
    return todo.length > 0;
  }

  async function remove(resource: Resource): Promise<void> {
    world.signal.throwIfAborted();
    const { kind, name } = resource;
    world.emit({ type: 'resource-started', kind, name, action: 'remove' });
    const began = performance.now();
    let id = '';
    await untilUndisturbed(async () => {
      const live = await resource.find(findings);
      if (live === null) return;
      id = resource.identify(live);
      await resource.remove?.(live);
    });
    findings.forget(resource);
    const milliseconds = performance.now() - began;
    steps.push({ kind, name, action: 'remove', id, milliseconds });
    world.emit({ type: 'resource-finished', kind, name, action: 'remove', id, milliseconds });
  }
}

interface Settled {
  readonly live: unknown;
  readonly action: ProvisionAction;
}

/** Looks again first: between the plan and now somebody may have read it for an hour, or a run before this may have ended. */
async function createOrUpdate(resource: Resource, findings: GrowingFindings): Promise<Settled> {
  return untilUndisturbed(async (): Promise<Settled> => {
    const live = await resource.find(findings);
    if (live === null) return { live: await resource.create(findings), action: 'create' };
    const differences = resource.compare(live, findings);
    if (oursAmong(differences).length === 0) return { live, action: 'keep' };
    return { live: await resource.update(live, differences, findings), action: 'update' };
  });
}

async function untilUndisturbed<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const isDisturbed = error instanceof AlreadyThere || error instanceof ChangedMeanwhile;
      if (!isDisturbed || attempt === attempts) throw error;
    }
  }
}

function tellUnsettled(name: string, differences: readonly Difference[]): Problem {
  const settings = differences.map(({ setting }) => setting).join(', ');
  return {
    code: 'not-settled',
    severity: 'warning',
    message: `${name} was changed, and still differs in ${settings}`,
    hint: 'Ask for the status in a minute: the service may only be slow to tell.',
  };
}
