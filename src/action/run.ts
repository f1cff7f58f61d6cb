/** One run of the action: inputs become a command line, its document becomes outputs, annotations, summary, comment. */
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { Surroundings } from '../cli/action.js';
import { runCommandLine } from '../cli/run.js';
import { PublishError, exitCodes } from '../errors.js';
import { errorDocumentSchema, planDocumentSchema, type ErrorDocument, type PlanDocument } from '../report/documents.js';
import { describeError } from '../report/json.js';
import { renderErrorMarkdown, renderMarkdown, type MarkdownOptions } from '../report/markdown.js';
import { annotateError, annotateProblems } from './annotations.js';
import { keepComment } from './comment.js';
import { namePreview, readOccasion, type Occasion } from './event.js';
import { makeArguments, readInputs, type Inputs } from './inputs.js';
import { openRunner, type Env, type Runner } from './runner.js';

const summaryRows = 50;
const commentRows = 20;
/** All outputs of a job together may have 1 MB (GitHub docs, "Passing information between jobs"). */
const outputBytes = 400_000;

const documentSchema = z.union([errorDocumentSchema, planDocumentSchema]);

/** @returns the exit code of the command. */
export async function runAction(env: Env, stdout: Surroundings['stdout']): Promise<number> {
  const runner = openRunner(env, stdout);
  const occasion = readOccasion(env);
  let inputs: Inputs;
  try {
    inputs = readInputs(env);
  } catch (error) {
    if (!(error instanceof PublishError)) throw error;
    const document = describeError(error);
    annotateError(document, runner, (file) => file);
    runner.addSummary(renderErrorMarkdown(document, summaryRows));
    return error.exitCode;
  }
  const preview = inputs.previewName === '' ? namePreview(env, occasion) : inputs.previewName;
  const { exitCode, document } = await runCommand(makeArguments(inputs, preview), inputs, runner);
  runner.setOutput('exit-code', String(exitCode));
  return 'error' in document
    ? failed(document, inputs, occasion, runner)
    : await succeeded(document, exitCode, inputs, preview, occasion, runner);
}

/** The command line, in this process; what it says besides the document is folded into one group of the log. */
async function runCommand(
  args: readonly string[],
  { directory }: Inputs,
  runner: Runner,
): Promise<{ readonly exitCode: number; readonly document: PlanDocument | ErrorDocument }> {
  let output = '';
  let line = '';
  runner.startGroup(`twinorigin ${args.join(' ')}`);
  const exitCode = await runCommandLine(args, {
    cwd: directory,
    env: { ...runner.env, CI: 'true' },
    stdout: { write: (text) => (output += text) },
    stderr: {
      write(text) {
        const lines = (line + text).split('\n');
        line = lines.pop() ?? '';
        for (const whole of lines) runner.say(whole);
      },
    },
  });
  if (line !== '') runner.say(line);
  runner.endGroup();
  return { exitCode, document: documentSchema.parse(JSON.parse(output)) };
}

/** The cause is the first line after the folded log, the first line of the summary, and an annotation. */
function failed(document: ErrorDocument, inputs: Inputs, { isFork }: Occasion, runner: Runner): number {
  const { code, exitCode } = document.error;
  runner.setOutput('error-code', code);
  if (isFork && code === 'no-credentials') {
    const message = 'Skipped: the pull request comes from a fork, and its runs get no credentials.';
    runner.annotate({ level: 'notice', title: 'twinorigin', message });
    runner.setOutput('skipped', 'true');
    if (inputs.summary) runner.addSummary(`### ⏭️ ${message}`);
    return exitCodes.done;
  }
  annotateError(document, runner, inputs);
  if (inputs.summary) runner.addSummary(renderErrorMarkdown(document, summaryRows));
  return exitCode;
}

async function succeeded(
  document: PlanDocument,
  exitCode: number,
  inputs: Inputs,
  preview: string,
  occasion: Occasion,
  runner: Runner,
): Promise<number> {
  const did: MarkdownOptions['did'] = inputs.dryRun ? 'plan' : inputs.command;
  setOutputs(document, did, runner);
  await annotateProblems(document.problems, inputs, runner);
  const { changes, urls, cost } = document;
  runner.say(
    `${document.release ?? 'plan'}: ${changes.created} created, ${changes.updated} updated, ${changes.deleted} deleted, ${changes.kept} kept; ${cost.invalidationPaths} paths; ${urls.pages}/`,
  );
  if (inputs.summary) runner.addSummary(renderMarkdown(document, { did, rows: summaryRows }));
  if (inputs.comment && occasion.pullRequest !== null)
    await comment(renderMarkdown(document, { did, rows: commentRows }), preview, occasion.pullRequest, inputs, runner);
  return exitCode;
}

function setOutputs(document: PlanDocument, did: MarkdownOptions['did'], runner: Runner): void {
  const { changes, urls, release, objects } = document;
  const changed = changes.created + changes.updated + changes.deleted;
  const whole = JSON.stringify(document);
  const slim = Buffer.byteLength(whole) <= outputBytes ? whole : JSON.stringify({ ...document, objects: [] });
  const outputs: Readonly<Record<string, string>> = {
    'release': release ?? '',
    'url': urls.pages,
    'urls': JSON.stringify(urls),
    'created': String(changes.created),
    'updated': String(changes.updated),
    'deleted': String(changes.deleted),
    'kept': String(changes.kept),
    'changed': String(changed > 0),
    'plan-json': slim,
    'preview-url': document.preview?.link ?? '',
  };
  for (const [name, value] of Object.entries(outputs)) runner.setOutput(name, value);
  const folder = runner.env.RUNNER_TEMP ?? '';
  if (folder === '') return;
  const file = join(folder, `twinorigin-${release ?? 'plan'}-${objects.length}.json`);
  writeFileSync(file, whole);
  runner.setOutput('plan-file', file);
}

/** A comment is a courtesy: whatever stands in its way, the publish was a success. */
async function comment(markdown: string, name: string, pullRequest: number, inputs: Inputs, runner: Runner) {
  const { GITHUB_API_URL: api = 'https://api.github.com', GITHUB_REPOSITORY: repository = '' } = runner.env;
  const { token } = inputs;
  if (token === '') return;
  try {
    const result = await keepComment({ api, repository, pullRequest, token }, `${inputs.command} ${name}`, markdown);
    runner.setOutput('comment', result);
    if (result === 'refused')
      runner.annotate({
        level: 'notice',
        title: 'No comment on the pull request',
        message: 'The token may only read. Where it should comment: "permissions: { pull-requests: write }".',
      });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    runner.annotate({ level: 'warning', title: 'No comment on the pull request', message });
  }
}
