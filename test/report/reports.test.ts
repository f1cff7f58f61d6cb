import { describe, expect, it } from 'vitest';
import { PublishError } from '../../src/errors.js';
import { renderError } from '../../src/report/errorText.js';
import { renderOutcome } from '../../src/report/outcomeText.js';
import { renderPlan } from '../../src/report/planText.js';
import { renderProblems } from '../../src/report/problems.js';
import { measureWidth } from '../../src/report/text.js';
import type { Problem } from '../../src/problems.js';
import { plain } from './look.js';
import { change, outcomeOf, planOf } from './plans.js';

describe('the plan', () => {
  const many = Array.from({ length: 30 }, (_, index) => change('create', 'images', `img/${index}.png`, 'new content'));
  const plan = planOf([
    ...many,
    change('update', 'pages', 'index.html', 'content changed'),
    change('delete', 'pages', 'old.html', 'no longer part of the site'),
    change('keep', 'pages', 'same.html', 'unchanged'),
  ]);

  it('groups changes by what happens and why, and only counts what is kept', () => {
    const text = renderPlan(plan, plain);
    expect(text).toContain('+ 30 created   ~ 1 updated   - 1 deleted   1 kept');
    expect(text).toContain('+ created  new content (30 objects)');
    expect(text).toContain('… and 22 more (--verbose shows all)');
    expect(text).toMatch(/pages +1\.0 kB {2}old\.html +no longer part of the site/);
    expect(text).not.toContain('same.html');
  });
  it('shows invalidations with their reasons, bytes and price', () => {
    const text = renderPlan(plan, plain);
    expect(text).toMatch(/Invalidations\n +pages +\/ +content changed/);
    expect(text).toContain('5.0 kB in the site');
    expect(text).toMatch(/1 invalidation path: free up to 1,000 a month, else\s+\$0\.0050/);
  });
  it('leaves nothing out with --verbose', () => {
    const text = renderPlan(plan, { ...plain, verbose: true });
    expect(text.match(/img\/\d+\.png/g)).toHaveLength(30);
    expect(text).not.toContain('more (');
  });
  it('says in one line that there is nothing to do', () => {
    const text = renderPlan(planOf([change('keep', 'pages', 'a.html', 'unchanged')], { empty: true }), plain);
    expect(text).toContain('Nothing to do: 1 object live already as release 20261122T080000Z-00000000');
  });
  it.each([40, 60, 80])('stays within %d columns', (width) => {
    const long = change('create', 'resources', `${'deep/'.repeat(30)}file.css`, 'a reason of many words '.repeat(4));
    const lines = renderPlan(planOf([long, ...many]), { ...plain, width })
      .split('\n')
      .filter((line) => line.startsWith(' '));
    for (const line of lines) expect(measureWidth(line), line).toBeLessThanOrEqual(width);
  });
});

describe('the outcome', () => {
  it('names the release and the three addresses, pages first', () => {
    const text = renderOutcome(outcomeOf(planOf([change('create', 'pages', 'index.html', 'new address')])), plain);
    expect(text).toContain('Live: release 20261123T231500Z-1a2b3c4d (1.2 s)');
    expect(text).toContain('3 objects verified through the public addresses');
    expect(text.match(/https:\/\/[^/]+\//g)).toEqual([
      'https://www.acme.com/',
      'https://images.acme.com/',
      'https://static.acme.com/',
    ]);
  });
  it('says what was let go', () => {
    const pruned = { objects: 12, bytes: 3_400_000, releases: 1 };
    const text = renderOutcome(outcomeOf(planOf([change('create', 'pages', 'index.html', 'x')]), { pruned }), plain);
    expect(text).toContain('12 old objects let go (3.4 MB), with 1 release');
  });
  it('names invalidations that are in progress', () => {
    const invalidations = [{ origin: 'pages' as const, id: 'I1', completed: false }];
    const text = renderOutcome(
      outcomeOf(planOf([change('update', 'pages', 'index.html', 'x')]), { invalidations }),
      plain,
    );
    expect(text).toContain('1 path invalidated, in progress: pages I1');
  });
});

describe('problems', () => {
  const dangling = (line: number): Problem => ({
    code: 'dangling-reference',
    severity: 'warning',
    message: 'img@src leads nowhere',
    file: 'a.html',
    line,
    column: 7,
  });

  it('come with file, line and column, errors first, equal ones once', () => {
    const text = renderProblems(
      [dangling(9), dangling(2), { code: 'x', severity: 'error', message: 'bad', file: 'z.html' }, dangling(2)],
      plain,
    );
    expect(text.split('\n')).toEqual([
      'error  z.html  bad [x]',
      'warning  a.html:2:7  img@src leads nowhere [dangling-reference]',
      'warning  a.html:9:7  img@src leads nowhere [dangling-reference]',
    ]);
  });
  it('are capped', () => {
    const all = Array.from({ length: 351 }, (_, line) => dangling(line + 1));
    expect(renderProblems(all, plain)).toMatch(/… and 331 more \(--verbose shows all\)$/);
    expect(renderProblems(all, { ...plain, verbose: true }).split('\n')).toHaveLength(351);
  });
});

describe('errors', () => {
  it('say what, where and what to do', () => {
    const error = new PublishError('config-invalid', 'unknown setting stie', {
      file: 'twinorigin.config.json',
      line: 2,
    });
    expect(renderError(error, plain)).toBe(
      'error Configuration is not valid\n  twinorigin.config.json:2  unknown setting stie\n  → Correct the setting; schema/config.schema.json lists every one.\n  https://github.com/twinorigin/twinorigin/blob/main/docs/errors.md#config-invalid',
    );
  });
  it('list the first affected objects', () => {
    const items = Array.from({ length: 14 }, (_, index) => `pages/${index}.html: reset`);
    const text = renderError(new PublishError('objects-failed', '14 objects could not be uploaded', { items }), plain);
    expect(text.match(/·/g)).toHaveLength(10);
    expect(text).toContain('… and 4 more');
  });
  it('show anything else as a bug', () => {
    expect(renderError(new TypeError('x is not a function'), plain)).toMatch(
      /This is a bug in twinorigin\n {2}x is not a function\n {4}at /,
    );
  });
  it('mask credentials, also in causes', () => {
    const cause = new Error('http://me:secret@proxy failed');
    const text = renderError(new PublishError('unreachable', 'no answer', { cause }), { ...plain, verbose: true });
    expect(text).toContain('http://…@proxy failed');
  });
});
