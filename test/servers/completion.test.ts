import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../cli/command.js';

/** The shells themselves are asked, with the script that the command prints. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shells-'));
  for (const shell of ['bash', 'zsh', 'fish'])
    writeFileSync(join(folder, shell), execFileSync(process.execPath, [main, 'completion', shell]));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .sort();

const execute = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', cwd: folder, env: { PATH: process.env.PATH, HOME: folder } });

/** What an interactive bash would show: its own function is called as it calls it. */
function askBash(line: string): readonly string[] {
  const words = line.split(' ');
  const script = `source ${join(folder, 'bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; COMP_LINE='${line}'; COMP_POINT=${line.length}
definition=$(complete -p twinorigin); [[ $definition == *'-F _twinorigin twinorigin' ]] || exit 9
_twinorigin; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines(execute('bash', ['--norc', '-c', script]));
}

/** A zsh in a terminal of its own gets the line and the tab key; what it adds to the list is written down. */
function askZsh(line: string): readonly string[] {
  const found = join(folder, 'found');
  writeFileSync(found, '');
  const setup = join(folder, 'setup.zsh');
  writeFileSync(
    setup,
    `autoload -Uz compinit; compinit -u -D
source ${join(folder, 'zsh')}
compadd() {
  local -a hits
  # Calls that only sort into arrays add nothing.
  if [[ " \${argv[1,\${argv[(i)-]}]} " != *" -"[OAD]" "* ]]; then
    builtin compadd -A hits "$@"; print -rl -- $hits >>${found}
  fi
  builtin compadd "$@"
}
done-completing() { print -r -- done-completing >>${found} }
zle -C ask complete-word _generic
ask-and-tell() { zle ask; done-completing; exit }
zle -N ask-and-tell
bindkey '^I' ask-and-tell
`,
  );
  execute('zsh', [
    '-f',
    '-c',
    `zmodload zsh/zpty
zpty inner 'TERM=dumb PS1= zsh -f -i'
zpty -w inner 'source ${setup}'
sleep 0.5
zpty -w -n inner '${line}'$'\\t'
for ((waited = 0; waited < 400; waited++)); do
  grep -q done-completing ${found} && break
  zpty -r -t inner ignored; sleep 0.05
done
zpty -d inner`,
  ]);
  const text = readFileSync(found, 'utf8');
  expect(text).toContain('done-completing');
  return lines(text.replace('done-completing\n', ''));
}

function askFish(line: string): readonly string[] {
  const script = `source ${join(folder, 'fish')}; complete -C '${line}'`;
  return lines(execute('fish', ['--no-config', '-c', script])).map((row) => row.split('\t', 1)[0]!);
}

describe.each([
  ['bash', askBash],
  ['zsh', askZsh],
  ['fish', askFish],
] as const)('%s', (_, ask) => {
  it('completes a command', () => {
    expect(ask('twinorigin pu')).toEqual(['publish']);
    expect(ask('twinorigin cdn pol')).toEqual(['policy']);
  });

  it('completes an option of the command, and none of another', () => {
    expect(ask('twinorigin publish --no-v')).toEqual(['--no-verify']);
    expect(ask('twinorigin releases --no-v')).toEqual([]);
  });

  it('completes the value of an option', () => {
    expect(ask('twinorigin check --format s')).toEqual(['sarif']);
    expect([...ask('twinorigin check --format ')]).toEqual(['github', 'json', 'sarif', 'text']);
  });
});
