import { describe, expect, it } from 'vitest';
import { describeError, describePlan, describeOutcome } from '../../src/report/json.js';
import { renderErrorMarkdown, renderMarkdown } from '../../src/report/markdown.js';
import { PublishError } from '../../src/errors.js';
import { change, outcomeOf, planOf } from './plans.js';

const changes = [
  change('create', 'images', 'a.0123.png', 'new', 2000),
  change('update', 'pages', 'index.html', 'content changed', 3000),
  change('delete', 'pages', 'old.html', 'gone from the site'),
  change('keep', 'resources', 'a.css', 'unchanged', 500),
];

describe('a report as Markdown', () => {
  it('counts by origin, and says what is invalidated and what it costs', () => {
    const text = renderMarkdown(describeOutcome(outcomeOf(planOf(changes))), { did: 'publish', rows: 50 });
    expect(text.split('\n')[0]).toBe('### ✅ Live: 1 created, 1 updated, 1 deleted, 1 kept');
    expect(text).toContain('| images | 1 | 0 | 0 | 0 | 2.0 kB | 2.0 kB |');
    expect(text).toContain('| resources | 0 | 0 | 0 | 1 | 0 B | 500 B |');
    expect(text).toContain('| pages | 0 | 1 | 1 | 0 | 3.0 kB | 3.0 kB |');
    expect(text).toContain('**Invalidations** pages 1');
    expect(text).toContain('**Price** less than $0.0001 (5 writes, 2 reads; 1 invalidation path');
    expect(text).toContain('- pages <code>/</code>');
  });

  it('says of a plan that it is one', () => {
    expect(renderMarkdown(describePlan(planOf(changes)), { did: 'plan', rows: 50 })).toMatch(/^### 📝 Plan: 1 created/);
  });

  it('shows deletions first, and counts the rows it leaves out', () => {
    const many = Array.from({ length: 30 }, (_, index) => change('create', 'images', `${index}.png`, 'new'));
    const text = renderMarkdown(describePlan(planOf([...many, ...changes])), { did: 'plan', rows: 5 });
    const rows = text.split('\n').filter((line) => /^\| (➕|✏️|➖|…)/.test(line));
    expect(rows).toHaveLength(6);
    expect(rows[0]).toContain('old.html');
    expect(rows[5]).toContain('and 28 more');
  });

  it('shows foreign names as they are, whatever they hold', () => {
    const evil = change('create', 'pages', 'a|b`c`<script>@octocat *x*.html', 'new');
    const text = renderMarkdown(describePlan(planOf([evil])), { did: 'plan', rows: 5 });
    expect(text).toContain('<code>pages/a&#124;b&#96;c&#96;&lt;script&gt;&#64;octocat &#42;x&#42;.html</code>');
  });

  it('begins an error with its cause', () => {
    const error = new PublishError('objects-failed', '2 objects', {
      items: ['a.png: 503', 'b.png: 503', 'c.png: 503'],
    });
    const text = renderErrorMarkdown(describeError(error), 2);
    expect(text.split('\n')[0]).toBe('### ❌ Some objects could not be uploaded; nothing was put live: 2 objects');
    expect(text).toContain('- <code>a.png: 503</code>\n- <code>b.png: 503</code>\n- … and 1 more');
    expect(text).toContain('<code>objects-failed</code>, exit code 3');
  });
});
