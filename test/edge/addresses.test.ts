import { describe, expect, it } from 'vitest';
import { folderPath, indexPath } from '../../src/edge/addresses.js';

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
