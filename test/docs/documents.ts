/** The pages for people: what they say to type, and the examples in them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** The contents of the fenced blocks in one language, in order. */
export function listBlocks(page: string, language: string): readonly string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...readPage(page).matchAll(fence)].map(([, content = '']) => content);
}

/** Lines that are to be typed into a shell; comments at their ends are for the reader. */
export function listTyped(page: string): readonly string[] {
  return listBlocks(page, '(?:sh|bash|shell)').flatMap((block) =>
    block
      .replace(/\\\n\s*/g, ' ')
      .split('\n')
      .map((line) =>
        line
          .replace(/\s+#\s.*$/, '')
          .replace(/^\$ /, '')
          .trim(),
      )
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
}

/** Words of a command line; quotes as the shell takes them, nothing expanded. */
export function splitWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/["']/g, ''));
}

/** An example's `console.log(…); // value` lines: what it must print. */
export function listExpected(example: string): readonly string[] {
  return [...example.matchAll(/^\s*console\.log\(.*\);\s*\/\/ (.*)$/gm)].map(([, value = '']) => value);
}
