/** From arguments to an exit code. */
import { CommanderError, type Command } from 'commander';
import { PublishError, exitCodes } from '../errors.js';
import { act, type Surroundings } from './action.js';
import { makeProgram } from './program.js';

/** Runs a command line; everything it has to say is written to the given streams. */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = makeProgram(async (command, argument, load) => {
    exitCode = await act(command, argument, load, surroundings);
  });
  let failed: Command = program;
  for (const command of listCommands(program)) {
    command.exitOverride((error) => {
      failed = command;
      throw error;
    });
    command.configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      // Commander says the same in the error it throws; help after a missing command is the exception.
      writeErr: (text) => text.startsWith('Usage:') && surroundings.stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(surroundings.stdout.columns ?? 100, 120),
      getOutHasColors: () => false,
    });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.done;
    if (error.code === 'commander.help') return exitCodes.usage;
    return complain(error, failed, args, surroundings);
  }
}

function listCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(listCommands)];
}

/** `twinorigin cdn up`. */
function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

async function complain(
  error: CommanderError,
  command: Command,
  args: readonly string[],
  { env, stdout, stderr }: Surroundings,
): Promise<number> {
  const [{ renderError }, { describeError, serializeDocument }, { openTerminal }] = await Promise.all([
    import('../report/errorText.js'),
    import('../report/json.js'),
    import('../report/terminal.js'),
  ]);
  const [message = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const meant = /Did you mean (.*)\?/.exec(rest.join(' '))?.[1];
  const help = `${nameOf(command)} --help`;
  const mistake = new PublishError('usage', message, {
    hint: meant === undefined ? `Run ${help}.` : `Did you mean ${meant}? ${help} lists what there is.`,
  });
  if (args.includes('--json')) stdout.write(serializeDocument(describeError(mistake)));
  else {
    const color = !args.includes('--no-color');
    const terminal = openTerminal({ stdout, stderr, env, color, verbose: false, quiet: false });
    terminal.complain(renderError(mistake, terminal.errorLook));
  }
  return mistake.exitCode;
}
