/** The command line in this process: many commands in the time that starting one takes. */
import { runCommandLine } from '../../src/cli/run.js';
import type { Result, RunOptions } from './command.js';

/** Nothing of this machine's environment gets in. */
export async function call(
  args: readonly string[],
  { cwd, env = {} }: Pick<RunOptions, 'cwd' | 'env'>,
): Promise<Result> {
  let stdout = '';
  let stderr = '';
  const code = await runCommandLine(args, {
    cwd,
    env: { HOME: cwd, ...env },
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
  });
  return { code, stdout, stderr };
}
