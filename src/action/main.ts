/** The GitHub Action: what action.yml starts. */
import { runAction } from './run.js';

const exitCode = await runAction(process.env, process.stdout).catch((error: unknown) => {
  process.stdout.write(`::error title=This is a bug in twinorigin::${String(error).replaceAll('\n', '%0A')}\n`);
  if (error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return 1;
});
// Idle keep-alive connections must not hold the step.
await new Promise((resolve) => process.stdout.write('', resolve));
process.exit(exitCode);
