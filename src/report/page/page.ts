/** The report as one self-contained page: it loads nothing, runs nothing, and can be kept, sent and printed. */
import { renderCaching, renderChanges, renderPages, renderPrice } from './effects.js';
import { renderChains, renderDuplicates, renderImages, renderProblems } from './findings.js';
import { markup, Markup } from './markup.js';
import type { ReportModel } from './model.js';
import { headlineOf, renderOpening } from './opening.js';
import { pageStyle } from './style.js';
import { renderTreemaps, renderTypes } from './weights.js';

interface Section {
  readonly id: string;
  readonly heading: string;
  readonly about?: string;
  readonly content: Markup;
}

/** Pure: the same model gives the same page. */
export function renderReport(model: ReportModel): string {
  const sections = listSections(model);
  const about = model.kind === 'live' ? 'local edge' : model.kind;
  const content = markup`<header>
      <span class="mark">tw<b>i</b>nor<i>i</i>gin</span><span class="soft">${about}</span>
    </header>
    <main id="report" tabindex="-1">
      ${renderOpening(model)}
      <nav aria-label="On this page">
        <ul>
          ${sections.map(({ id, heading }) => markup`<li><a href="#${id}">${heading}</a></li>`)}
        </ul>
      </nav>
      ${sections.map(
        ({ id, heading, about, content }) =>
          markup`<section aria-labelledby="${id}">
            <h2 id="${id}">${heading}</h2>
            ${about === undefined ? markup`` : markup`<p>${about}</p>`}${content}
          </section> `,
      )}
    </main>`;
  return framePage(`twinorigin: ${headlineOf(model)}`, content, footers[model.kind === 'live' ? 'live' : 'kept']);
}

const footers = {
  live: 'This page is made by the local edge from the release record and the stored files; it is not part of the site.',
  kept: 'This page was made by twinorigin. It loads nothing and runs nothing.',
};

/** The frame of every page of ours. */
export function framePage(title: string, content: Markup, footer: string): string {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <link rel="icon" href="data:," />
        <style>
          ${new Markup(pageStyle)}
        </style>
      </head>
      <body>
        <a class="skip" href="#report">To the report</a>
        ${content}
        <footer>${footer}</footer>
      </body>
    </html> `.text;
}

function listSections(model: ReportModel): readonly Section[] {
  const { changes, chains, images, duplicates, caching, kind } = model;
  const sections: Section[] = [
    { id: 'bytes', heading: 'Where the bytes are', content: renderTreemaps(model) },
    { id: 'compression', heading: 'Before and after compression', content: renderTypes(model) },
  ];
  if (changes !== undefined)
    sections.push({
      id: 'changes',
      heading: kind === 'plan' ? 'What would change' : 'What changed',
      content: renderChanges(changes),
    });
  if (kind === 'live') sections.push({ id: 'pages', heading: 'Pages', content: renderPages(model) });
  if (chains !== undefined)
    sections.push({
      id: 'chains',
      heading: 'Longest chains',
      about: 'Files that a browser can only ask for one after another: each is named in the one before.',
      content: renderChains(chains),
    });
  sections.push({ id: 'duplicates', heading: 'Duplicates', content: renderDuplicates(duplicates) });
  if (images !== undefined)
    sections.push({
      id: 'images',
      heading: 'Images that should be smaller',
      about: 'Estimates, from pixels, bytes and the widths that pages name.',
      content: renderImages(images),
    });
  sections.push({ id: 'caching', heading: 'Cache headers', content: renderCaching(caching) });
  if (model.invalidations !== undefined)
    sections.push({ id: 'price', heading: 'Invalidations and price', content: renderPrice(model) });
  if (kind !== 'live') sections.push({ id: 'problems', heading: 'Problems', content: renderProblems(model) });
  return sections;
}
