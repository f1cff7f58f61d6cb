/** The reports of provisioning for programs, in the shape of `provisionDocumentSchema`. */
import type { ProvisionOutcome } from '../provision/apply.js';
import type { ProvisionChange, ProvisionPlan } from '../provision/plan.js';
import type { Problem } from '../problems.js';
import type { ProvisionDocument } from './documents.js';
import { sortProblems } from './problems.js';

/** A plan, or a status. */
export function describeProvisionPlan(plan: ProvisionPlan): ProvisionDocument {
  const { totals, monthly, changes, problems } = plan;
  return {
    version: 1,
    applied: false,
    changes: { ...totals },
    resources: changes.map(describeResource),
    monthlyUsd: { now: monthly.now, then: monthly.then },
    problems: describeProblems(problems),
  };
}

/** What was done; ids are those that were made, and what still waits for a person says so. */
export function describeProvisionOutcome({ plan, steps, waiting, problems }: ProvisionOutcome): ProvisionDocument {
  const document = describeProvisionPlan(plan);
  const done = new Map(steps.map((step) => [step.name, step]));
  const held = new Map(waiting.map((change) => [change.name, change]));
  const resources = plan.changes.map((change) => {
    const step = done.get(change.name);
    const known = describeResource(held.get(change.name) ?? change);
    if (step === undefined) return known;
    const { action, id, milliseconds } = step;
    return { ...known, action, milliseconds: Math.round(milliseconds), ...(id === undefined ? {} : { id }) };
  });
  return { ...document, applied: true, resources, problems: describeProblems([...plan.problems, ...problems]) };
}

function describeResource({ kind, name, action, reason, id, differences, todo, monthly }: ProvisionChange) {
  return {
    kind,
    name,
    action,
    reason,
    ...(id === undefined ? {} : { id }),
    differences: differences.map((difference) => ({ ...difference })),
    todo: [...todo],
    monthlyUsd: monthly.reduce((sum, { usd }) => sum + usd, 0),
  };
}

function describeProblems(problems: readonly Problem[]): ProvisionDocument['problems'] {
  return sortProblems(problems).map((problem) => ({ ...problem }));
}
