import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeCompletion, shells } from '../../src/cli/completion.js';
import { makeProgram } from '../../src/cli/program.js';

const bash = '/bin/bash';

/** What bash offers after these words, the last of which is being typed. */
function complete(...words: string[]): readonly string[] {
  const script = `${makeCompletion(makeProgram(), 'bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_twinorigin; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync(bash, ['--norc', '-c', script], { encoding: 'utf8' }).trim().split('\n');
}

describe('completion', () => {
  it.skipIf(!existsSync(bash))(
    'offers commands, their own options and the global ones in bash (needs /bin/bash)',
    () => {
      expect(complete('twinorigin', 'pub')).toEqual(['publish']);
      expect(complete('twinorigin', 'publish', '--no-v')).toEqual(['--no-verify']);
      expect(complete('twinorigin', 'plan', '--ex')).toEqual(['--exit-code', '--explain']);
      expect(complete('twinorigin', '--json', 'doctor', '--js')).toEqual(['--json']);
      expect(complete('twinorigin', 'releases', '--no-v')).toEqual(['']);
    },
  );

  it.each(shells)('knows every command and option in %s', (shell) => {
    const script = makeCompletion(makeProgram(), shell);
    for (const command of makeProgram().commands) {
      expect(script).toContain(command.name());
      for (const { long } of command.options) expect(script).toContain(shell === 'fish' ? long!.slice(2) : long!);
    }
  });
});
