/** Runs `ssh` and `rsync`, and says in one sentence what went wrong. */
import { spawn } from 'node:child_process';
import { PublishError, hasErrnoCode } from '../errors.js';

/** Exit codes of our own scripts on the server. */
export const noFolder = 72;
export const noRelease = 73;
export const refusedRules = 74;
export const unloadedRules = 75;

/** Bytes of what a program says that are kept. */
const mostOutput = 8 * 1024 * 1024;

interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with each piece of what the program prints. */
  readonly onOutput?: (text: string) => void;
}

/**
 * @param name of the server, for messages.
 * @returns what the program printed.
 * @throws PublishError `server-failed`.
 */
export function runProgram(
  name: string,
  program: 'ssh' | 'rsync',
  args: readonly string[],
  { signal, onOutput }: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    // In a group of its own: Ctrl-C in the terminal is for us to pass on, and is not passed on to a switch.
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal && { signal }),
    });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (text: Buffer) => {
      output = (output + text.toString()).slice(-mostOutput);
      onOutput?.(text.toString());
    });
    child.stderr.on('data', (text: Buffer) => (errors = (errors + text.toString()).slice(-mostOutput)));
    child.on('error', (error) => {
      if (signal?.aborted === true) reject(signal.reason as Error);
      else if (hasErrnoCode(error, 'ENOENT'))
        reject(
          failed(name, `${program} is not installed here`, 'Install it: pages go to a server with ssh and rsync.'),
        );
      else reject(error);
    });
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else if (signal?.aborted === true) reject(signal.reason as Error);
      else reject(explain(name, program, code, errors));
    });
  });
}

function explain(name: string, program: string, code: number | null, errors: string): PublishError {
  const lines = errors.split('\n').filter((line) => line.trim() !== '');
  const last = lines.at(-1)?.trim() ?? '';
  if (code === noFolder)
    return failed(name, 'the folder is not there', 'Set the server up (twinorigin host up), or correct "folder".');
  if (code === noRelease) return failed(name, 'the folder of the release is gone');
  if (code === refusedRules || code === unloadedRules) return explainRules(name, code, lines);
  if (/Host key verification failed|IDENTIFICATION HAS CHANGED|No .* host key is known/i.test(errors))
    return failed(
      name,
      'its key is not the known one',
      'Ask the server for it on another way, then add it to known_hosts (ssh-keyscan); twinorigin host keeps the keys of a server that it replaces.',
    );
  if (/aws: (command )?not found|exec: aws|SessionManagerPlugin is not found/.test(errors))
    return failed(
      name,
      'it cannot be reached through Systems Manager from here: the AWS CLI or its Session Manager plugin is missing',
      'Install both, or leave "ssm" out.',
    );
  if (errors.includes('TargetNotConnected'))
    return failed(
      name,
      'Systems Manager does not know it',
      'The instance needs the SSM agent and a profile with AmazonSSMManagedInstanceCore; a new one registers within minutes.',
    );
  if (/No space left on device|Disk quota exceeded/.test(errors))
    return failed(
      name,
      'its disk is full',
      'Let go of old releases (retention, twinorigin prune), or make the volume larger. Nothing was switched.',
    );
  if (/Permission denied \((?!\d)/.test(errors))
    return failed(name, 'it does not let us in', 'Name the private key ("identity"), or load it into ssh-agent.');
  if (/Permission denied( \(13\))?$|Read-only file system/m.test(errors)) {
    const line = lines.find((one) => /Permission denied|Read-only/.test(one)) ?? last;
    return failed(
      name,
      `its folder cannot be written to: ${line}`,
      'The user needs "releases", and a folder around it in which it may make links. Nothing was switched.',
    );
  }
  if (/rsync: (command )?not found|rsync: No such file/i.test(errors) || code === 127)
    return failed(name, 'it has no rsync', 'Install rsync on the server.');
  if (
    program === 'ssh'
      ? code === 255
      : /^ssh: |closed by remote host|Connection (refused|timed out|reset|closed)/m.test(errors)
  )
    return failed(name, lines.find((line) => /^ssh: |onnection /.test(line)) ?? last, undefined, true);
  return failed(
    name,
    `${program} ended with ${code ?? 'a signal'}: ${lines.find((line) => !line.startsWith('rsync error')) ?? last}`,
  );
}

function explainRules(name: string, code: number, lines: readonly string[]): PublishError {
  // The first line that names a place says most: `nginx: [emerg] unknown directive "x" in /srv/site/…:12`.
  const told = lines.find((line) => /\[emerg\]|:\d+$|on line \d+/.test(line)) ?? lines[0] ?? '';
  const reason = /^AH\d+|Syntax error/.test(told) ? lines.slice(0, 2).join(' ') : told.trim();
  if (told.startsWith('sudo: '))
    return failed(
      name,
      `its web server cannot be asked: ${reason}`,
      'Let the user run it without a password (sudoers), or name another command: "test" and "reload" in origins.pages.host.',
    );
  return code === refusedRules
    ? failed(name, `its web server does not take the rules of the release: ${reason}`, 'Nothing was switched.')
    : failed(name, `its web server did not read the new rules: ${reason}`, 'Nothing was switched.');
}

function failed(name: string, reason: string, hint?: string, transient = false): PublishError {
  const details = { transient, ...(hint !== undefined && { hint }) };
  return new PublishError('server-failed', `${name}: ${reason}`, details);
}
