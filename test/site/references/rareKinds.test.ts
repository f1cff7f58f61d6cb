import { describe, expect, it } from 'vitest';
import { listReferences } from './listing.js';

const html = (page: string) => listReferences('text/html', page);

describe('what other machines read', () => {
  it.each([
    ['<meta property="og:video:secure_url" content="/v.mp4">', 'meta[property=og:video:secure_url]'],
    ['<meta property="og:audio" content="/v.mp4">', 'meta[property=og:audio]'],
    ['<meta property="vk:image" content="/v.mp4">', 'meta[property=vk:image]'],
    ['<meta name="twitter:player:stream" content="/v.mp4">', 'meta[name=twitter:player:stream]'],
  ])('%s may be rewritten', (page, kind) => {
    expect(html(page)).toEqual([`${kind}@content: metadata rewrite </v.mp4> /v.mp4`]);
  });

  it('tiles may be rewritten, the configuration of tiles stays', () => {
    expect(
      html('<meta name=msapplication-square150x150logo content=a.png><meta name=msapplication-config content=b.xml>'),
    ).toEqual([
      'meta[name=msapplication-square150x150logo]@content: image rewrite <a.png> a.png',
      'meta[name=msapplication-config]@content: same-origin keep <b.xml> b.xml',
    ]);
    expect(html('<meta name=msapplication-config content=none>')).toEqual([]);
  });

  it.each(['og:url', 'og:site_name', 'og:image:alt', 'twitter:url', 'description'])(
    '%s is no address of a file',
    (name) => {
      expect(html(`<meta property="${name}" content="/a.png"><meta name="${name}" content="/a.png">`)).toEqual([]);
    },
  );
});

describe('elements of the past', () => {
  it.each([
    ['<html manifest=a.appcache>', 'html@manifest: same-origin keep <a.appcache> a.appcache'],
    ['<bgsound src=a.wav>', 'bgsound@src: media keep <a.wav> a.wav'],
    ['<applet archive=a.jar>', 'applet@archive: same-origin keep <a.jar> a.jar'],
    ['<param valuetype=ref value=a.swf>', 'param@value: same-origin keep <a.swf> a.swf'],
    ['<command icon=a.png>', 'command@icon: image keep <a.png> a.png'],
    ['<img longdesc=a.html>', 'img@longdesc: document keep <a.html> a.html'],
    ['<frame src=a.html>', 'frame@src: document keep <a.html> a.html'],
  ])('%s stays as it is', (page, line) => {
    expect(html(page)).toEqual([line]);
  });

  it.each([
    '<object classid=clsid:x codebase=a.cab>',
    '<param value=a.swf>',
    '<form method=post action=a.php>',
    '<button formaction=a.png><a ping=a.png>',
    '<img usemap=#m>',
    '<link rel=dns-prefetch href=//cdn.example><link rel=preconnect href=/a.png>',
    '<script type=speculationrules>{"prerender":[{"urls":["/a.html"]}]}</script>',
  ])('%s names no file that anybody loads', (page) => {
    expect(html(page)).toEqual([]);
  });
});

describe('links between pages', () => {
  it.each(['canonical', 'alternate', 'next', 'search', 'license', 'me', 'amphtml', 'pingback', 'privacy-policy'])(
    'rel=%s stays',
    (rel) => {
      expect(html(`<link rel=${rel} href=/a>`)).toEqual([`link[rel=${rel}]@href: document keep </a> /a`]);
    },
  );
});

describe('state that frameworks write into pages', () => {
  it('is evidence, never edited', () => {
    const state = '<script id="__NEXT_DATA__" type="application/json">{"props":{"src":"/img/a.png"}}</script>';
    expect(html(state)).toEqual(['json string: image evidence </img/a.png> /img/a.png document']);
    expect(html('<script>self.__next_f.push([1,"x"]); window.__NUXT__={a:"/_nuxt/a.js"}</script>')).toEqual([
      'js string: script evidence </_nuxt/a.js> /_nuxt/a.js document',
    ]);
  });
});

describe('SVG elements that take what they name from their own origin', () => {
  it.each(['mpath', 'textPath', 'linearGradient', 'pattern', 'filter', 'hatch'])('%s', (name) => {
    const file = `<svg xmlns:xlink="http://www.w3.org/1999/xlink"><${name} xlink:href="b.svg#x"/></svg>`;
    expect(listReferences('image/svg+xml', file)).toEqual([`svg ${name}@href: same-origin keep <b.svg> b.svg#x`]);
  });

  it('font-face-uri', () => {
    const file = '<svg><font-face-uri href="a.svg#f"/></svg>';
    expect(listReferences('image/svg+xml', file)).toEqual(['svg font-face-uri@href: font keep <a.svg> a.svg#f']);
  });
});

describe('web app manifests', () => {
  it('keep what must be same-origin, wherever it stands', () => {
    const manifest = {
      file_handlers: [{ action: '/open', icons: [{ src: 'h.png' }] }],
      protocol_handlers: [{ protocol: 'web+x', url: '/x?u=%s' }],
      share_target: { action: '/share' },
    };
    expect(listReferences('application/manifest+json', JSON.stringify(manifest))).toEqual([
      'manifest action: document keep </open> /open',
      'manifest icons: image rewrite <h.png> h.png',
      'manifest action: document keep </share> /share',
    ]);
  });
});
