/** `migrate s3://bucket/prefix`: object by object, with a journal. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchSettings } from '../aws/batchJobs.js';
import type { BucketOrigin, Config } from '../config.js';
import { PublishError, exitCodes } from '../errors.js';
import { auditBulk, type Audit } from '../migrate/audit.js';
import { migrateBulk, surveySource, type BulkOutcome, type BulkWorld } from '../migrate/bulk.js';
import type { BatchOutcome } from '../migrate/batch/run.js';
import { openJournal, readEntries, type JournalHead } from '../migrate/journal.js';
import { planBulk } from '../migrate/planBulk.js';
import { makeBulkRules, nameRules, type RuleSettings } from '../migrate/rules.js';
import { describeBulkPlan, describeMigration } from '../report/migrationJson.js';
import { renderBulkPlan, renderMigration } from '../report/migrationText.js';
import { digestOf } from '../site/names.js';
import { checkBatch, copyByJobs, planBatch } from './migrateBatch.js';
import type { Invocation } from './action.js';
import { listCached } from './cached.js';

export async function migrateBucket(source: string, invocation: Invocation): Promise<number> {
  const { options, terminal, signal } = invocation;
  const config = await invocation.loadConfig({ needsSite: false });
  const from = readAddress(source);
  const to = readTarget(config);
  const settings: RuleSettings = {
    rules: config.rules,
    encodings: config.encodings,
    cached: listCached(config).has('pages'),
    inPlace: from.bucket === to.bucket && from.prefix === (to.prefix ?? ''),
  };
  refuseNested(from, to, settings.inPlace);
  const { openAws, openBulkReader, openBulkWriter } = await import('../aws/index.js');
  const { profile, region, endpointUrl } = options;
  const aws = openAws({ profile, region, endpointUrl, width: config.concurrency });
  try {
    const sourceSettings = { ...from, aws };
    const { batchRole: role, batchSmallest: smallest = 1000 } = options;
    const batch =
      role === undefined
        ? undefined
        : { role, source: sourceSettings, target: { ...to, aws }, name: nameMigration(source, nameOf(to)) };
    if (batch !== undefined) checkBatch(batch, smallest);
    const reader = openBulkReader(sourceSettings);
    const reading = {
      source: reader,
      rules: makeBulkRules(settings),
      emit: terminal.listen,
      signal,
      concurrency: config.concurrency,
    };
    if (options.dryRun === true) {
      // Nothing that could write is opened.
      const plan = await planBulk(reading);
      const jobs = batch === undefined ? {} : { batch: await planBatch(batch, plan, smallest) };
      const where = { source: reader.name, target: nameOf(to), ...jobs };
      invocation.report(
        () => describeBulkPlan(where, plan),
        () => renderBulkPlan(where, plan, terminal.look),
      );
      return exitCodes.done;
    }
    const world: BulkWorld = { ...reading, target: openBulkWriter({ ...to, aws }, sourceSettings) };
    return await migrate(world, settings, batch, config, invocation);
  } finally {
    aws.close();
  }
}

async function migrate(
  world: BulkWorld,
  settings: RuleSettings,
  batch: BatchSettings | undefined,
  config: Config,
  invocation: Invocation,
) {
  const { options, terminal } = invocation;
  const head: JournalHead = { source: world.source.name, target: world.target.name, rules: nameRules(settings) };
  const name = nameMigration(head.source, head.target);
  const file = join(config.base, '.twinorigin', 'migrations', `${name}.journal`);
  if (options.restart === true) await rm(file, { force: true });
  const isNew = (await stat(file).catch(() => null)) === null;
  const journal = await openJournal(file, head);
  let outcome: BulkOutcome;
  let jobs: BatchOutcome | undefined;
  try {
    const { state } = journal;
    if (!isNew)
      terminal.note(
        state.finished
          ? `This migration is finished: only what it did is verified again (--restart begins anew).`
          : `Going on where run ${state.runs} ended, after ${state.totals.objects} objects.`,
      );
    const survey = await surveySource(world);
    if (state.finished) {
      outcome = { totals: state.totals, survey, failed: new Map(), milliseconds: 0, estimateError: null };
    } else {
      const done =
        batch === undefined ? undefined : await copyByJobs(batch, file.replace(/journal$/, 'batch'), world, invocation);
      jobs = done?.outcome;
      outcome = await migrateBulk(world, journal, survey, done?.elsewhere);
    }
  } finally {
    await journal.close();
  }
  let audit: Audit | null = null;
  if (outcome.failed.size === 0) audit = await auditBulk(world, readEntries(file, head), outcome.totals.objects);
  const runs = journal.state.runs + 1;
  const told = { source: head.source, target: head.target, runs, outcome, audit, ...(jobs && { jobs }) };
  invocation.report(
    () => describeMigration(told),
    () => renderMigration(told, terminal.look),
  );
  if (outcome.failed.size > 0) {
    const items = [...outcome.failed].map(([key, message]) => `${key}: ${message}`);
    if (options.json === true) return exitCodes.objectsFailed;
    throw new PublishError('migration-failed', `${outcome.failed.size} objects could not be migrated`, { items });
  }
  return audit !== null && audit.wrongCount > 0 ? exitCodes.failure : exitCodes.done;
}

/** One name for the same source and target, whatever else is said. */
function nameMigration(source: string, target: string): string {
  return digestOf(`${source}\n${target}`).slice(0, 16);
}

function readAddress(source: string): { readonly bucket: string; readonly prefix: string } {
  const found = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(source);
  const prefix = (found?.[2] ?? '').replace(/\/$/, '');
  if (found?.[1] === undefined || prefix.startsWith('/') || prefix.includes('//'))
    throw new PublishError('usage', `not a bucket with a prefix: ${source}`, {
      hint: 'Write s3://bucket or s3://bucket/folder.',
    });
  return { bucket: found[1], prefix };
}

function readTarget({ origins, encodings }: Config): BucketOrigin {
  if (encodings === 'negotiate')
    throw new PublishError('usage', 'a bucket is migrated with one encoding for each object', {
      hint: 'Use --encodings gzip or --encodings none; a later publish adds the others.',
    });
  if ('bucket' in origins.pages) return origins.pages;
  throw new PublishError('usage', 'a bucket can only be migrated to a bucket, and origins.pages is a folder', {
    hint: 'Name the bucket of the pages in twinorigin.config.json; the same one corrects headers in place.',
  });
}

/** What is being written must not turn up in the listing. */
function refuseNested(from: { bucket: string; prefix: string }, to: BucketOrigin, inPlace: boolean): void {
  const [outer, inner] = [from.prefix, to.prefix ?? ''];
  const isInside =
    inner.startsWith(outer === '' ? '' : `${outer}/`) || outer.startsWith(inner === '' ? '' : `${inner}/`);
  if (!inPlace && from.bucket === to.bucket && isInside)
    throw new PublishError('usage', `${nameOf(to)} and the source lie inside each other`, {
      hint: 'Migrate in place (the same prefix for both), or between folders beside each other.',
    });
}

function nameOf({ bucket, prefix }: BucketOrigin): string {
  return `s3://${bucket}${prefix === undefined || prefix === '' ? '' : `/${prefix}`}`;
}
