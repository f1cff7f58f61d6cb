/** `publish`: the main job. */
import { PublishError, exitCodes } from '../../errors.js';
import { publish, publishPreview, type Built } from '../../publish.js';
import { describeOutcome } from '../../report/json.js';
import { renderOutcome, renderPreview } from '../../report/outcomeText.js';
import type { Invocation } from '../action.js';
import { prepareReport } from '../reportFile.js';
import { openWorld } from '../world.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  if (options.dryRun === true) {
    if (options.serve === true) throw new PublishError('usage', '--serve cannot be combined with --dry-run');
    // The dry run is the plan: a world that can write is not even opened.
    const plan = await import('./plan.js');
    return plan.run(invocation);
  }
  if (options.explain !== undefined)
    throw new PublishError('usage', '--explain works with --dry-run', {
      hint: `Run twinorigin plan --explain ${options.explain}.`,
    });
  if (options.preview !== undefined && options.serve === true)
    throw new PublishError('usage', '--serve cannot be combined with --preview', {
      hint: 'Publish the preview, then run twinorigin preview.',
    });
  const config = await invocation.loadConfig({ needsSite: true });
  const report = await prepareReport(invocation, config.site);
  const { world, edge, close } = await openWorld(config, invocation);
  try {
    if (options.serve === true && edge === null)
      throw new PublishError('usage', '--serve works where the local edge serves the site', {
        hint: 'Leave out "origins", or give them folders without "url".',
      });
    if (options.preview !== undefined) {
      const shown = await publishPreview(config, world, options.preview, { wait: options.wait === true });
      invocation.report(
        () => describeOutcome(shown),
        () => renderPreview(shown, terminal.look),
      );
      return exitCodes.done;
    }
    let built: Built | undefined;
    const outcome = await publish(config, world, {
      force: options.force === true,
      wait: options.wait === true,
      reconcile: options.reconcile === true,
      // The packed command's files are called by their content. Where objects are listed, they are built.
      program: report === null && options.json !== true && options.serve !== true ? import.meta.url : undefined,
      onPlanned: ({ graph, build }) => {
        if (report !== null) built = { graph, build };
      },
    });
    if (built !== undefined) await report?.write({ ...built, plan: outcome.plan, outcome });
    invocation.report(
      () => describeOutcome(outcome),
      () => renderOutcome(outcome, terminal.look),
    );
    if (options.serve !== true || edge === null) return exitCodes.done;
    if (invocation.interactive) {
      const { serve } = await import('../serve.js');
      return await serve(edge, invocation);
    }
    const { proveRelease } = await import('../proof.js');
    return await proveRelease(outcome.plan, world, invocation);
  } finally {
    await close();
  }
}
