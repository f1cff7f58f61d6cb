import { describe, expect, it } from 'vitest';
import { declaredInCss, viewBytes } from '../../../src/site/references/encoding.js';
import { declaredInHtml } from '../../../src/site/references/htmlEncoding.js';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

function encodingOf(bytes: Buffer, declared = declaredInHtml): string {
  const text = viewBytes(bytes, declared);
  return typeof text === 'string' ? `${text}, no view` : text.encoding;
}

describe('viewBytes', () => {
  it.each([
    ['nothing said, UTF-8 inside', Buffer.from('é'), 'utf-8'],
    ['nothing said, other bytes inside', latin1('caf\xe9'), 'windows-1252'],
    ['a byte order mark', latin1('\xef\xbb\xbf<meta charset=windows-1251>'), 'utf-8'],
    ['a charset attribute', latin1('<META CHARSET="ISO-8859-1">'), 'windows-1252'],
    ['an unquoted one', latin1('<meta charset=koi8-r>'), 'koi8-r'],
    ['the word in another meta', latin1('<meta name=x content="a; charset=koi8-r">'), 'utf-8'],
    ['an XML declaration', latin1('<?xml version="1.0" encoding="koi8-r"?><p>'), 'koi8-r'],
    ['a Content-Type', latin1('<meta http-equiv=Content-Type content="text/html; charset=shift_jis">'), 'shift_jis'],
    ['a declaration in a comment', latin1('<!-- <meta charset=koi8-r> -->'), 'utf-8'],
    ['a declaration too far down', latin1(`${' '.repeat(1100)}<meta charset=koi8-r>`), 'utf-8'],
    ['an unknown name, then a known one', latin1('<meta charset=x-y><meta charset=koi8-r>'), 'koi8-r'],
    ['UTF-16, which it cannot be', latin1('<meta charset=utf-16>'), 'utf-8'],
    ['UTF-16 with its mark', Buffer.from('\ufeff<p>', 'utf16le'), 'utf-16le, no view'],
    ['UTF-16 without', Buffer.from('<p>', 'utf16le'), 'utf-16le, no view'],
    ['ISO-2022-JP', latin1('<meta charset=iso-2022-jp>'), 'iso-2022-jp, no view'],
  ])('detects %s', (_, bytes, encoding) => {
    expect(encodingOf(bytes)).toBe(encoding);
  });

  it('reads @charset only as the very first bytes', () => {
    expect(encodingOf(latin1('@charset "koi8-r";'), declaredInCss)).toBe('koi8-r');
    expect(encodingOf(latin1(' @charset "koi8-r";'), declaredInCss)).toBe('utf-8');
    expect(encodingOf(latin1("@charset 'koi8-r';"), declaredInCss)).toBe('utf-8');
  });

  it.each([
    ['shift_jis', '\x95\x5c', '表'],
    ['gbk', '\xd5\x5c', '誠'],
    ['big5', '\xa5\x5c', '功'],
  ])(
    'keeps the second bytes of %s characters from looking like ASCII, and decodes them all the same',
    (name, bytes, text) => {
      const source = viewBytes(latin1(`<meta charset=${name}>${bytes}.png`), declaredInHtml);
      if (typeof source === 'string') throw new Error('no view');
      expect(source.view).not.toContain('\\');
      expect(source.decode(source.view.slice(source.view.indexOf('>') + 1))).toBe(`${text}.png`);
    },
  );

  it('leaves the half-width katakana of Shift_JIS alone, which are one byte each', () => {
    const source = viewBytes(latin1('<meta charset=shift_jis>\xb1A'), declaredInHtml);
    if (typeof source === 'string') throw new Error('no view');
    expect(source.view.endsWith('\xb1A')).toBe(true);
  });

  it('has an offset for every byte, whatever the bytes are', () => {
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index & 0xff));
    const source = viewBytes(bytes, () => 'utf-8');
    if (typeof source === 'string') throw new Error('no view');
    expect(Buffer.from(source.view, 'latin1').equals(bytes)).toBe(true);
  });
});
