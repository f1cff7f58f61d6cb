import { describe, expect, it } from 'vitest';
import {
  compareBytes,
  countOf,
  formatBytes,
  formatCount,
  formatDuration,
  formatUsd,
} from '../../src/report/amounts.js';
import { maskSecrets } from '../../src/report/mask.js';
import { measureWidth, pad, paint, shorten, showSafely, wrap } from '../../src/report/text.js';

describe('amounts', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9_949, '9.9 kB'],
    [9_950, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [3_400_000_000, '3.4 GB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
  it('writes counts, times and prices as people read them', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
    expect([countOf(1, 'entry'), countOf(2, 'entry'), countOf(0, 'file')]).toEqual(['1 entry', '2 entries', '0 files']);
    expect([200, 12_000, 200_000, 3_900_000].map(formatDuration)).toEqual(['0.2 s', '12 s', '3 min 20 s', '1 h 5 min']);
    expect([0, 0.00001, 0.0026, 1.5].map(formatUsd)).toEqual(['$0', 'less than $0.0001', '$0.0026', '$1.50']);
    expect([compareBytes(100, 38), compareBytes(100, 103), compareBytes(0, 3)]).toEqual([
      '62 % smaller',
      '3 % larger',
      'as large',
    ]);
  });
});

describe('text for terminals', () => {
  it('makes everything harmless that a file name could do to the screen', () => {
    expect(showSafely('a\u001b[2Jb\nc\u202ed')).toBe('a\\x1b[2Jb\\x0ac\\u202ed');
  });
  it('colours only where colours are wanted', () => {
    expect(paint({ color: false }, 'red', 'x')).toBe('x');
    expect(paint({ color: true }, 'red', 'x')).toBe('\u001b[31mx\u001b[39m');
  });
  it('measures what a terminal shows: wide characters twice, colours not at all', () => {
    expect(measureWidth(paint({ color: true }, 'red', '日本.html'))).toBe(9);
    expect(pad('日', 4)).toBe('日  ');
  });
  it('shortens in the middle, and never beyond the width', () => {
    const path = 'images/very/deep/folder/日本語/photo.1a2b3c.jpg';
    for (let width = 8; width < 50; width++) expect(measureWidth(shorten(path, width))).toBeLessThanOrEqual(width);
    expect(shorten(path, 21)).toBe('images/ver…1a2b3c.jpg');
  });
  it('wraps at spaces', () => {
    expect(wrap('one two three four', 9, '', '  ')).toBe('one two\n  three\n  four');
  });
});

describe('credentials', () => {
  // Documentation values of AWS, and shapes made up here; put together so that no scanner mistakes them for real ones.
  const keyId = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');
  const secret = ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/');
  it.each([
    [`The key ${keyId} does not exist`, 'The key AKIA… does not exist'],
    ['https://b.s3.amazonaws.com/k?X-Amz-Signature=abc123&x=1', 'https://b.s3.amazonaws.com/k?X-Amz-Signature=…&x=1'],
    ['Authorization: AWS4-HMAC-SHA256', 'Authorization: …'],
    ['http://user:pass@host/path', 'http://…@host/path'],
    [`the secret ${secret} leaked`, 'the secret … leaked'],
    ['images/user@2x.png', 'images/user@2x.png'],
  ])('are masked in %j', (text, masked) => {
    expect(maskSecrets(text, [secret])).toBe(masked);
  });
});
