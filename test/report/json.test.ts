import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { configSchema } from '../../src/config.js';
import { PublishError } from '../../src/errors.js';
import { recordSchema } from '../../src/release/recordFormat.js';
import { checkDocumentSchema, errorDocumentSchema, planDocumentSchema } from '../../src/report/documents.js';
import { describeCheck, describeError, describeOutcome, describePlan } from '../../src/report/json.js';
import { change, outcomeOf, planOf } from './plans.js';

const problem = {
  code: 'dangling-reference',
  severity: 'warning',
  message: 'leads nowhere',
  file: 'a.html',
  line: 3,
  column: 1,
} as const;
const plan = planOf(
  [
    change('create', 'images', 'a.1.png', 'new content'),
    change('delete', 'pages', 'b.html', 'gone'),
    change('keep', 'pages', 'c.html', 'unchanged'),
  ],
  { problems: [problem] },
);

describe('documents for programs', () => {
  it('are what the schema of the plan says, for a plan and for a publish', () => {
    const document = planDocumentSchema.parse(describePlan(plan));
    expect(document).toMatchObject({
      version: 1,
      release: null,
      changes: { created: 1, updated: 0, kept: 1, deleted: 1 },
      invalidations: { images: [], resources: [], pages: ['/'] },
      urls: { pages: 'https://www.acme.com' },
      problems: [problem],
    });
    expect(document.objects.map(({ action, key }) => [action, key])).toEqual([
      ['create', 'a.1.png'],
      ['delete', 'b.html'],
      ['keep', 'c.html'],
    ]);
    expect(planDocumentSchema.parse(describeOutcome(outcomeOf(plan))).release).toBe(plan.release);
  });
  it('name every key of the plan that is promised, in that order', () => {
    expect(Object.keys(describePlan(plan))).toEqual([
      'version',
      'release',
      'changes',
      'bytes',
      'invalidations',
      'urls',
      'objects',
      'problems',
      'cost',
    ]);
  });
  it('are what the schemas of errors and checks say', () => {
    const error = new PublishError('config-invalid', 'bad', { file: 'x.json', line: 3, items: ['a', 'b'] });
    expect(errorDocumentSchema.parse(describeError(error)).error).toMatchObject({
      code: 'config-invalid',
      exitCode: 2,
      line: 3,
    });
    expect(errorDocumentSchema.parse(describeError(new TypeError('oops'))).error).toMatchObject({
      code: 'internal',
      exitCode: 1,
    });
    expect(checkDocumentSchema.parse(describeCheck([problem], 7)).counts).toEqual({ error: 0, warning: 1, note: 0 });
  });
  it('mask credentials', () => {
    const error = new PublishError('unreachable', 'http://me:secret@host', { items: ['http://me:secret@host'] });
    expect(JSON.stringify(describeError(error))).not.toContain('secret@');
  });
});

describe('the schemas in schema/', () => {
  it.each([
    ['config', configSchema, 'input'],
    ['plan', planDocumentSchema, 'output'],
    ['check', checkDocumentSchema, 'output'],
    ['error', errorDocumentSchema, 'output'],
    ['record', recordSchema, 'input'],
  ] as const)('%s is what the code says', (name, schema, io) => {
    const file = new URL(`../../schema/${name}.schema.json`, import.meta.url);
    const { title, ...written } = JSON.parse(readFileSync(file, 'utf8')) as { title: string };
    expect(title).not.toBe('');
    expect(written).toEqual(z.toJSONSchema(schema, { io }));
  });
});
