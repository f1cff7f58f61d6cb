/** The front page of the local edge: the report of what is live. */
import type { ReleaseRecord } from '../release/release.js';
import { describeLive, type ReadContent } from './page/describeLive.js';
import { markup } from './page/markup.js';
import { framePage, renderReport } from './page/page.js';

/** @param record the live release; null before the first one. */
export async function renderFrontPage(
  record: ReleaseRecord | null,
  previous: ReleaseRecord | null,
  read: ReadContent,
  now: Date,
): Promise<string> {
  if (record === null) return renderNothing();
  return renderReport(await describeLive(record, previous, read, now));
}

function renderNothing(): string {
  const content = markup`<header>
      <span class="mark">tw<b>i</b>nor<i>i</i>gin</span><span class="soft">local edge</span>
    </header>
    <main id="report" tabindex="-1">
      <h1>Nothing is live yet</h1>
      <p class="soft">Publish a built site: <code>twinorigin publish dist</code></p>
    </main>`;
  return framePage('twinorigin: nothing is live yet', content, 'This page is made by the local edge.');
}
