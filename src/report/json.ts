/** The same reports for programs: one document each, in the shapes of documents.ts. */
import { PublishError, exitCodes } from '../errors.js';
import type { Problem } from '../problems.js';
import type { Preview } from '../release/applyPreview.js';
import type { Change, Outcome, Plan, PlannedPath } from '../release/release.js';
import type { CheckDocument, ErrorDocument, PlanDocument } from './documents.js';
import { maskSecrets } from './mask.js';
import { countProblems, sortProblems } from './problems.js';

/** A document as it is written to stdout. */
export function serializeDocument(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What a plan would do. `release` is null: nothing has been released. */
export function describePlan(plan: Plan): PlanDocument {
  const { totals, bytes, cost, urls } = plan;
  return {
    version: 1,
    release: null,
    ...(plan.rollbackOf === undefined ? {} : { rollbackOf: plan.rollbackOf }),
    changes: { created: totals.created, updated: totals.updated, kept: totals.kept, deleted: totals.deleted },
    bytes: { source: bytes.source, stored: bytes.stored, upload: bytes.upload },
    invalidations: {
      images: plan.invalidations.images.map(pathOf),
      resources: plan.invalidations.resources.map(pathOf),
      pages: plan.invalidations.pages.map(pathOf),
    },
    urls: { images: urls.images, resources: urls.resources, pages: urls.pages },
    objects: plan.changes.map(describeChange),
    problems: describeProblems(plan.problems),
    cost: {
      puts: cost.puts,
      gets: cost.gets,
      invalidationPaths: cost.invalidationPaths,
      usd: cost.usd,
      usdBeyondFreePaths: cost.usdBeyondFreePaths,
    },
  };
}

/** What a publish did. */
export function describeOutcome(outcome: Outcome & { readonly preview?: Preview }): PlanDocument {
  const { plan, release, problems, preview } = outcome;
  const told = describeProblems([...plan.problems, ...problems]);
  return { ...describePlan(plan), release, problems: told, ...(preview && { preview: { ...preview } }) };
}

export function describeCheck(problems: readonly Problem[], files: number): CheckDocument {
  return { version: 1, files, counts: countProblems(problems), problems: describeProblems(problems) };
}

/** An error; anything but a PublishError is a bug and has the code `internal`. */
export function describeError(error: unknown, secrets: readonly string[] = []): ErrorDocument {
  const mask = (text: string) => maskSecrets(text, secrets);
  if (!(error instanceof PublishError)) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const title = 'This is a bug in twinorigin';
    const hint = 'Please report it; --verbose without --json shows where it happened.';
    const bug = { code: 'internal', title, message: mask(message), hint, exitCode: exitCodes.failure, items: [] };
    return { version: 1, error: bug };
  }
  const { code, title, message, hint, docs, exitCode, file, line, items } = error;
  return {
    version: 1,
    error: {
      code,
      title,
      message: mask(message),
      hint: mask(hint),
      docs,
      exitCode,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      items: items.map(mask),
    },
  };
}

function describeProblems(problems: readonly Problem[]): PlanDocument['problems'] {
  return sortProblems(problems).map((problem) => ({ ...problem, message: maskSecrets(problem.message) }));
}

function describeChange({
  origin,
  key,
  action,
  reason,
  drift,
  object,
  before,
}: Change): PlanDocument['objects'][number] {
  const known = object ?? before;
  return {
    origin,
    key,
    action,
    reason,
    ...(drift === undefined ? {} : { drift }),
    ...(object === undefined ? {} : { path: object.path }),
    ...(known === undefined
      ? {}
      : { stage: known.stage, size: known.size, digest: known.digest, headers: { ...known.headers } }),
  };
}

function pathOf({ path }: PlannedPath): string {
  return path;
}
