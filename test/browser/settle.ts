/** Waits, by conditions and never by the clock alone, until a page shows what it is going to show. */
import type { Page, Request } from 'playwright-core';

/** Counts what is still on its way. Make it before the page is opened. */
export class OpenRequests {
  readonly #open = new Set<Request>();
  readonly #answered = new Set<Request>();
  #changed = Date.now();

  constructor(page: Page) {
    const change = (request: Request, starts: boolean): void => {
      if (starts) this.#open.add(request);
      else this.#open.delete(request);
      this.#changed = Date.now();
    };
    page.on('request', (request) => change(request, true));
    page.on('response', (response) => this.#answered.add(response.request()));
    page.on('requestfinished', (request) => change(request, false));
    page.on('requestfailed', (request) => change(request, false));
  }

  /**
   * Resolves once nothing has been under way for `quiet` milliseconds.
   * @throws Error that names what is still open after `limit` milliseconds.
   */
  async idle(quiet: number, limit: number): Promise<void> {
    const deadline = Date.now() + limit;
    while (this.#open.size > 0 || Date.now() - this.#changed < quiet) {
      if (Date.now() > deadline) {
        throw new Error(
          `still loading after ${limit} ms: ${[...this.#open].map((request) => request.url()).join(', ')}`,
        );
      }
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}

/**
 * Loads everything that waits to be seen, then waits for the network, fonts, decoded images and the DOM.
 * A page that computes before it shows something (in a worker, say) has `data-busy` on its root until then. The page ends
 * scrolled to its top.
 */
export async function settle(page: Page, requests: OpenRequests, limit = 20_000): Promise<void> {
  await requests.idle(80, limit);
  await page.waitForFunction(() => !('busy' in document.documentElement.dataset), undefined, { timeout: limit });
  await page.evaluate(chooseSourcesAgain);
  await page.evaluate(async () => {
    const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));
    const root = document.documentElement;
    root.style.scrollBehavior = 'auto';
    for (let top = 0; top < root.scrollHeight; top += innerHeight) {
      scrollTo(0, top);
      await frame();
      await frame();
    }
    scrollTo(0, 0);
    root.style.removeProperty('scroll-behavior');
    if (root.getAttribute('style') === '') root.removeAttribute('style');
  });
  await requests.idle(120, limit);
  await page.evaluate(async (quiet) => {
    await document.fonts.ready;
    // Not those that never came into view (in a closed carousel, say): they would not decode at all.
    const shown = [...document.images].filter((image) => image.complete && image.getClientRects().length > 0);
    // A picture that fails has been recorded as a failed request; here it only must not hold up the others.
    await Promise.all(shown.map((image) => image.decode().catch(() => undefined)));
    await new Promise<void>((done) => {
      let timer = setTimeout(finish, quiet);
      const observer = new MutationObserver(() => {
        clearTimeout(timer);
        timer = setTimeout(finish, quiet);
      });
      function finish(): void {
        observer.disconnect();
        done();
      }
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    });
  }, 100);
  await requests.idle(0, limit);
}

/**
 * On a busy machine Chromium parses a page before its renderer knows the viewport, chooses `<source media>` for a
 * narrow one, and sometimes does not choose again. Moving a source to where it stands makes it (HTML, 4.8.4.3 "relevant
 * mutations"); pictures that show the right source are left alone.
 */
function chooseSourcesAgain(): void {
  for (const source of document.querySelectorAll<HTMLSourceElement>('picture > source[media]')) {
    const shown = source.parentElement?.querySelector('img')?.currentSrc;
    const candidates = source.srcset.split(',').map((candidate) => candidate.trim().split(/\s/, 1).join());
    const isShown = candidates.some((address) => URL.parse(address, source.baseURI)?.href === shown);
    if (isShown && !matchMedia(source.media).matches) source.parentElement?.insertBefore(source, source.nextSibling);
  }
}
