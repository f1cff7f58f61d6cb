import { describe, expect, it } from 'vitest';
import { decideAddress, folderPath, indexPath, stemOf } from '../../src/edge/addresses.js';

describe('addresses of folders', () => {
  it.each([
    ['/', '/index.html'],
    ['/docs/', '/docs/index.html'],
    ['/docs', '/docs'],
    ['/docs/a.html', '/docs/a.html'],
    ['/%C3%BC/', '/%C3%BC/index.html'],
  ])('%s is looked up as %s', (path, looked) => {
    expect(indexPath(path)).toBe(looked);
  });

  it('have a slash at the end', () => {
    expect(folderPath('/docs')).toBe('/docs/');
    expect(folderPath('/docs/')).toBeUndefined();
  });
});

describe('addresses without what modes add', () => {
  it.each([
    ['/', ''],
    ['/index.html', ''],
    ['/docs/', '/docs'],
    ['/docs/index', '/docs'],
    ['/docs/index.html', '/docs'],
    ['/docs.html', '/docs'],
    ['/docs/my-index.html', '/docs/my-index'],
    ['/a.css', '/a.css'],
  ])('%s is %j', (path, stem) => {
    expect(stemOf(path)).toBe(stem);
  });
});

it.each(['auto', 'drop', 'force', 'none'] as const)(
  'an object without extension answers under its own name, whatever else has it (%s)',
  (mode) => {
    for (const place of ['x', 'D', 'F', 'B'] as const) expect(decideAddress(mode, '/twin', place)).toBe('/twin');
  },
);
