/** What could be better: chains of references, copies, images, problems. */
import { summarizeProblems, sortProblems } from '../problems.js';
import { countOf, formatBytes, formatCount } from '../amounts.js';
import { markup, type Markup } from './markup.js';
import type { Chain, Duplicate, LargeImage, ReportModel } from './model.js';

const shownProblems = 100;

export function renderChains(chains: readonly Chain[]): Markup {
  if (chains.length === 0)
    return markup`<p class="panel all-well">No page waits for more than one file after another.</p>`;
  return markup`${chains.map(
    ({ steps, pages }) =>
      markup`<div class="panel">
        <ol class="chain">
          ${steps.map(
            ({ name, kind, bytes }) =>
              markup`<li>
                <span class="step"><span class="mono">${name}</span><small>${kind}, ${formatBytes(bytes)}</small></span>
              </li>`,
          )}
        </ol>
        ${pages > 1 ? markup`<p class="soft">${`the same on ${countOf(pages, 'page')}`}</p>` : markup``}
      </div>`,
  )}`;
}

export function renderDuplicates(duplicates: readonly Duplicate[]): Markup {
  if (duplicates.length === 0) return markup`<p class="panel all-well">No two files have the same content.</p>`;
  return markup`<ul class="panel rows">
    ${duplicates.map(
      ({ names, bytes }) =>
        markup`<li>
          <span class="grow"
            >${names.slice(0, 6).map((name) => markup`<span class="mono">${name}</span><br />`)}${
              names.length > 6 ? markup`<span class="soft">and ${formatCount(names.length - 6)} more</span>` : markup``
            }</span
          ><span class="count">${countOf(names.length, 'copy')} of ${formatBytes(bytes)}</span>
        </li>`,
    )}
  </ul>`;
}

export function renderImages(images: readonly LargeImage[]): Markup {
  if (images.length === 0) return markup`<p class="panel all-well">No image stands out.</p>`;
  return markup`<ul class="panel rows">
    ${images.map(
      ({ name, bytes, width, height, saving, advice }) =>
        markup`<li>
          <span class="grow"><span class="mono">${name}</span><br /><span class="soft">${advice}</span></span
          ><span class="count soft">${formatCount(width)} × ${formatCount(height)}, ${formatBytes(bytes)}</span
          ><span class="count">about ${formatBytes(saving)} less</span>
        </li>`,
    )}
  </ul>`;
}

export function renderProblems({ problems }: ReportModel): Markup {
  if (problems.length === 0) return markup`<p class="panel all-well">None were found.</p>`;
  const sorted = sortProblems(problems);
  const rest = sorted.length - shownProblems;
  return markup`<div class="panel">
    <p class="soft">${summarizeProblems(sorted)}</p>
    <ul class="rows">
      ${sorted.slice(0, shownProblems).map(({ severity, message, file, line, column, hint }) => {
        const place = [file, line, column].filter((part) => part !== undefined).join(':');
        return markup`<li>
          <span class="severity ${severity}">${severity}</span
          ><span class="grow"
            >${
              place === '' ? markup`` : markup`<span class="mono">${place}</span><br />`
            }${message}${hint === undefined ? markup`` : markup` <span class="soft">${hint}</span>`}</span
          >
        </li>`;
      })}${rest > 0 ? markup`<li class="soft">and ${formatCount(rest)} more</li>` : markup``}
    </ul>
  </div>`;
}
