import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeProgram } from '../../src/cli/program.js';
import { listErrorKinds } from '../../src/errors.js';
import { findPort, makeFolder, run, smallSite, type Folder } from '../cli/command.js';
import { listBlocks, listExpected, listTyped, pages, readPage, root, splitWords } from './documents.js';

// Many commands one after the other, on machines that are busy.
vi.setConfig({ testTimeout: 180_000 });

/** Commands that are typed but not run here, and where they are. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^npm (ci|start|test|run|install|config)\b/, 'the whole pipeline and test/package run npm'],
  [/^(bash \.ci\/run|apt-get|curl|node|cd|export|git|aws|dig|ssh|source|eval)\b/, 'not this program'],
  [
    /^npx twinorigin (cdn|host|cost|migrate|preview|rollback|prune|unlock|maintenance)\b/,
    'needs an account, a release or a server: tests of that command',
  ],
  [/--live|--serve|--preview|--endpoint-url|--pages|--report/, 'tests of that option'],
];

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

/** Whether the program takes these words; nothing is run. @throws CommanderError. */
async function understand(words: readonly string[]): Promise<void> {
  const program = makeProgram();
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    command.commands.forEach(quiet);
  };
  quiet(program);
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    // Asked for help, or a group of commands named without one of them, which answers with help.
    const { code } = error as { readonly code?: string };
    if (code !== 'commander.helpDisplayed' && code !== 'commander.help') throw error;
  }
}

describe.each(pages)('%s', (page) => {
  it('leads only to files and headings that exist', () => {
    const text = readPage(page).replace(/^```[\s\S]*?^```$/gm, '');
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|mailto:)/.test(target)) continue;
      const [path = '', heading] = target.split('#');
      const file = path === '' ? join(root, page) : join(root, dirname(page), path);
      expect(existsSync(file), `${page} links to ${target}`).toBe(true);
      if (heading === undefined || !file.endsWith('.md')) continue;
      const names = [...readPage(file.slice(root.length + 1)).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replace(/[^\p{L}\p{N} _-]/gu, '')
          .replaceAll(' ', '-'),
      );
      expect(names, `${page} links to ${target}`).toContain(heading);
    }
  });

  it('types only commands and options that there are', async () => {
    const inline = [...readPage(page).matchAll(/`((?:npx )?twinorigin [^`]+)`/g)].map(([, code = '']) => code);
    for (const line of [...listTyped(page), ...inline]) {
      if (!/^(npx )?twinorigin /.test(line) || /[<[…]/.test(line)) continue;
      const words = splitWords(line.replace(/^(npx )?twinorigin /, ''));
      await expect(
        understand(words).then(() => 'understood'),
        `${page}: ${line}`,
      ).resolves.toBe('understood');
    }
  });

  it('types commands that work, one after the other', async () => {
    const typed = listTyped(page).filter((line) => !elsewhere.some(([pattern]) => pattern.test(line)));
    folder.write({ ...smallSite, 'package.json': '{ "name": "site", "scripts": {} }' });
    const env = { TWINORIGIN_PORT: String(await findPort()) };
    for (const line of typed) {
      expect(line, `${page} types something that is neither run nor explained`).toMatch(/^(npx )?twinorigin /);
      const { code, stderr } = await run(splitWords(line.replace(/^(npx )?twinorigin /, '')), {
        cwd: folder.path,
        env,
      });
      expect([line, code, stderr.match(/^error .*$/gm)]).toEqual([line, 0, null]);
    }
  });
});

it('explains only errors that there are', () => {
  const codes = listErrorKinds().map(({ code }) => code);
  const explained = [...readPage('docs/errors.md').matchAll(/^## (.*)$/gm)].map(([, code]) => code);
  expect(explained.length).toBeGreaterThan(20);
  for (const code of explained) expect(codes).toContain(code);
});

it('prints what the examples of the library say', () => {
  const examples = listBlocks('docs/library.md', 'js');
  expect(examples.length).toBeGreaterThan(1);
  mkdirSync(join(folder.path, 'node_modules'));
  symlinkSync(root, join(folder.path, 'node_modules/twinorigin'));
  for (const example of examples) {
    writeFileSync(join(folder.path, 'example.mjs'), example);
    const printed = execFileSync(process.execPath, ['example.mjs'], { cwd: folder.path, encoding: 'utf8' });
    expect(listExpected(example).length).toBeGreaterThan(0);
    expect(printed.trim().split('\n')).toEqual(listExpected(example));
  }
});
