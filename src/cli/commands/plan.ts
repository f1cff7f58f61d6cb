/** `plan`, and `publish --dry-run`: what a publish would do, and why. Holds nothing that could write. */
import { PublishError, exitCodes } from '../../errors.js';
import { preparePlan } from '../../publish.js';
import { guardPlan } from '../../release/guard.js';
import type { Problem } from '../../problems.js';
import type { Config } from '../../config.js';
import type { Plan } from '../../release/release.js';
import { explainPath, renderExplanation, type Explanation } from '../../report/explain.js';
import { describePlan } from '../../report/json.js';
import { renderPlan } from '../../report/planText.js';
import type { Invocation } from '../action.js';
import { prepareReport } from '../reportFile.js';
import { openReadingWorld } from '../world.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  const config = await invocation.loadConfig({ needsSite: true });
  const report = await prepareReport(invocation, config.site);
  const { world, close } = await openReadingWorld(config, invocation);
  try {
    const { graph, build, plan } = await preparePlan(config, world, { reconcile: options.reconcile === true });
    if (options.explain !== undefined) {
      const explanation = await explainPath(graph, build, plan, options.explain);
      if (explanation === null) throw unknownPath(options.explain, config);
      return explain(explanation, invocation);
    }
    const refusals = findRefusals(plan, config);
    const told: Plan = { ...plan, problems: [...refusals, ...plan.problems] };
    await report?.write({ graph, build, plan: told });
    invocation.report(
      () => describePlan(told),
      () => renderPlan(told, terminal.look),
    );
    if (refusals.length > 0) return exitCodes.refused;
    return options.exitCode === true && !plan.empty ? exitCodes.changes : exitCodes.done;
  } finally {
    await close();
  }
}

function explain(explanation: Explanation, { report, terminal }: Invocation): number {
  report(
    () => ({ version: 1, explanation }),
    () => renderExplanation(explanation, terminal.look),
  );
  return exitCodes.done;
}

/** A publish would be refused: the plan is still worth seeing. */
function findRefusals(plan: Plan, config: Config): readonly Problem[] {
  try {
    guardPlan(plan, config.guard);
    return [];
  } catch (error) {
    if (!(error instanceof PublishError)) throw error;
    const { code, message, file, hint } = error;
    return [{ code, severity: 'error', message, hint, ...(file === undefined ? {} : { file }) }];
  }
}

function unknownPath(path: string, config: Config): PublishError {
  return new PublishError('usage', `the site has no file ${path}`, {
    file: config.site,
    hint: 'Name it as it lies in the site folder, such as images/logo.png.',
  });
}
