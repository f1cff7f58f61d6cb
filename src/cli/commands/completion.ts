/** `completion`: prints a script that makes a shell complete commands and options. */
import { PublishError, exitCodes } from '../../errors.js';
import type { Invocation } from '../action.js';
import { makeCompletion, shells } from '../completion.js';
import { makeProgram } from '../program.js';

export function run({ argument, report }: Invocation): Promise<number> {
  const shell = shells.find((known) => known === argument);
  if (shell === undefined)
    throw new PublishError('usage', `there is no completion for ${argument ?? ''}`, {
      hint: `Name one of ${shells.join(', ')}.`,
    });
  const script = makeCompletion(makeProgram(), shell);
  report(
    () => ({ version: 1, shell, script }),
    () => script.trimEnd(),
  );
  return Promise.resolve(exitCodes.done);
}
