import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectSound, filesOf, listReferences } from './listing.js';

const list = (xml: string) => listReferences('application/xml', xml);

describe('XML files', () => {
  it('that are browserconfig.xml have tiles', () => {
    const xml = `<?xml version="1.0"?><browserconfig><msapplication><tile><square70x70logo src="/a.png"/><TileImage src='b.png?x'/>
      <TileColor>#fff</TileColor></tile><notification><polling-uri src="/poll.xml"/></notification></msapplication></browserconfig>`;
    expect(list(xml)).toEqual([
      'browserconfig square70x70logo@src: image rewrite </a.png> /a.png',
      'browserconfig TileImage@src: image rewrite <b.png> b.png?x',
    ]);
  });

  it('that are RSS feeds are never rewritten', () => {
    const xml = `<rss xmlns:media="m" xmlns:itunes="i"><channel><link>https://example.com/</link><image><url>/logo.png</url></image>
      <itunes:image href="/cover.jpg"/><item><guid>/a</guid><link><![CDATA[/a?x&y]]></link><enclosure url="/a.mp3" length="1"/>
      <media:content url="/a.mp4"/><media:thumbnail url="/a.jpg"/><url>/no</url></item></channel></rss>`;
    expect(list(xml)).toEqual([
      'feed link: document keep <https://example.com/> https://example.com/',
      'feed image url: image keep </logo.png> /logo.png',
      'feed itunes:image@href: image keep </cover.jpg> /cover.jpg',
      'feed link: document keep </a> /a?x&y',
      'feed enclosure@url: media keep </a.mp3> /a.mp3',
      'feed media:content@url: media keep </a.mp4> /a.mp4',
      'feed media:thumbnail@url: image keep </a.jpg> /a.jpg',
    ]);
  });

  it('that are Atom feeds have links, a logo and an icon', () => {
    const xml =
      '<feed><id>tag:x</id><logo>/l.png</logo><entry><link rel="enclosure" href="/a.mp3"/><id>/a</id></entry></feed>';
    expect(listReferences('application/atom+xml', xml)).toEqual([
      'feed logo: image keep </l.png> /l.png',
      'feed link@href: document keep </a.mp3> /a.mp3',
    ]);
  });

  it('that are sitemaps name pages and pictures', () => {
    const xml = `<urlset><url><loc> https://example.com/a?b&amp;c </loc><image:image><image:loc>/a.jpg</image:loc></image:image>
      <video:video><video:thumbnail_loc>/t.jpg</video:thumbnail_loc></video:video><lastmod>2020</lastmod></url></urlset>`;
    expect(list(xml)).toEqual([
      'sitemap loc: document keep <https://example.com/a> https://example.com/a?b&c',
      'sitemap image:loc: image keep </a.jpg> /a.jpg',
      'sitemap video:thumbnail_loc: image keep </t.jpg> /t.jpg',
    ]);
    expect(list('<sitemapindex><sitemap><loc>/s1.xml</loc></sitemap></sitemapindex>')).toHaveLength(1);
  });

  it('of other kinds are left alone', () => {
    expect(list('<root><loc>/a</loc><enclosure url="/b"/></root>')).toEqual([]);
    expect(list('no xml')).toEqual([]);
  });

  it('give sound results, whatever they hold', () => {
    const files = filesOf(
      ...[
        '<rss>',
        '<urlset>',
        '<browserconfig>',
        '<enclosure url="a"/>',
        '<loc>',
        '</loc>',
        '<TileImage src="b"',
        '/>',
        '>',
        '<![CDATA[',
      ],
      ...[
        ']]>',
        '<!--',
        '-->',
        '&amp;',
        '?',
        '#',
        'é',
        '<',
        '"',
        '</rss>',
        '<a:b c:d="e">',
        '\ufeff',
        '<?xml encoding="x"?>',
      ],
    );
    fc.assert(
      fc.property(files, (bytes) => expectSound('application/xml', bytes)),
      { numRuns: 2000 },
    );
  });
});
