import { describe, expect, it } from 'vitest';
import { editConfig } from '../../src/cli/configEdit.js';

const id = [{ path: ['origins', 'images', 'distribution'], value: 'E1' }];

describe('writing into a configuration', () => {
  it('keeps comments, order and indentation', () => {
    const text = `{
    // where it goes
    "origins": {
        "images": { "bucket": "b", "url": "https://i.acme.com" }, // the pictures
    },
    "site": "dist"
}
`;
    expect(editConfig(text, 'twinorigin.config.json', id)).toBe(`{
    // where it goes
    "origins": {
        "images": { "bucket": "b", "url": "https://i.acme.com", "distribution": "E1" }, // the pictures
    },
    "site": "dist"
}
`);
  });

  it('replaces an id that is there, and keeps tabs and line ends', () => {
    const text = '{\r\n\t"origins": {\r\n\t\t"images": {\r\n\t\t\t"distribution": "E0"\r\n\t\t}\r\n\t}\r\n}\r\n';
    expect(editConfig(text, 'twinorigin.config.json', id)).toBe(text.replace('E0', 'E1'));
    expect(editConfig(text, 'c.json', [{ path: ['encodings'], value: 'negotiate' }])).toBe(
      text.replace('\t}\r\n}', '\t},\r\n\t"encodings": "negotiate"\r\n}'),
    );
  });

  it('finds its part of package.json', () => {
    const text = '{ "name": "site", "twinorigin": { "origins": { "images": {} } } }';
    expect(JSON.parse(editConfig(text, '/x/package.json', id))).toEqual({
      name: 'site',
      twinorigin: { origins: { images: { distribution: 'E1' } } },
    });
  });
});
