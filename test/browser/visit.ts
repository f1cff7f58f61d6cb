/** Opens pages in Chromium and writes down what a visitor's browser met: see `Visit`. */
import { chromium } from 'playwright-core';
import type { Browser, Page, Request } from 'playwright-core';
import pLimit from 'p-limit';
import { inject } from 'vitest';
import { OpenRequests, settle } from './settle.js';

/** One request that a page made, redirects included. */
export interface SeenRequest {
  readonly url: string;
  /** Host and port. */
  readonly host: string;
  /** The browser's word for it: `document`, `stylesheet`, `image`, `media`, `font`, `script`, `fetch`, `manifest`… */
  readonly type: string;
  /** Undefined where no answer came. */
  readonly status: number | undefined;
}

/** A request that got no answer, or one of 400 and above. */
export interface FailedRequest extends SeenRequest {
  /** The browser's reason, or the status line. */
  readonly reason: string;
}

/** What one page did. */
export interface Visit {
  /** As given: relative to the base address, percent-encoded. */
  readonly path: string;
  readonly title: string;
  readonly requests: readonly SeenRequest[];
  readonly failures: readonly FailedRequest[];
  /** Console messages of level error and uncaught exceptions. */
  readonly errors: readonly string[];
  /** Console messages of level warning: unused preloads, mismatched `crossorigin`. */
  readonly warnings: readonly string[];
  /** Faces of `document.fonts` that are loaded: `Family italic 400`. Sorted. */
  readonly fonts: readonly string[];
  /** Addresses of workers that were started. Sorted. */
  readonly workers: readonly string[];
  /** The whole page as PNG. */
  readonly screenshot: Buffer;
}

export interface VisitOptions {
  /** Default light. */
  readonly colorScheme?: 'light' | 'dark';
  /** CSS pixels; default 1280 by 800. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Milliseconds: a busy machine takes its time. */
const patience = 120_000;

/** Connects to the suite's browser. */
export function connectBrowser(): Promise<Browser> {
  return chromium.connect(inject('browserEndpoint'));
}

/** Visits every page of a site, four at a time; answers in the order of the paths. */
export function visitPages(
  browser: Browser,
  base: string,
  paths: readonly string[],
  options: VisitOptions = {},
): Promise<Visit[]> {
  const limit = pLimit(4);
  return Promise.all(paths.map((path) => limit(() => visitPage(browser, base, path, options))));
}

/**
 * Visits one page with an empty cache, motion reduced.
 * @throws Error when the page itself does not answer or never settles.
 */
export async function visitPage(
  browser: Browser,
  base: string,
  path: string,
  options: VisitOptions = {},
): Promise<Visit> {
  const viewport = options.viewport ?? { width: 1280, height: 800 };
  const context = await browser.newContext({
    viewport,
    colorScheme: options.colorScheme ?? 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  try {
    const page = await context.newPage();
    const seen = watch(page);
    const open = new OpenRequests(page);
    await page.goto(new URL(path, `${base}/`).href, { waitUntil: 'load', timeout: patience });
    await settle(page, open);
    const fonts = await page.evaluate(() =>
      [...document.fonts]
        .filter((face) => face.status === 'loaded')
        .map((face) => `${face.family.replace(/["']/g, '')} ${face.style} ${face.weight}`),
    );
    const screenshot = await page.screenshot({
      fullPage: true,
      animations: 'disabled',
      caret: 'hide',
      scale: 'css',
      timeout: patience,
    });
    const record = seen();
    return { path, title: await page.title(), ...record, fonts: fonts.sort(), screenshot };
  } catch (error) {
    throw new Error(`visiting ${path} on ${base}: ${String(error)}`, { cause: error });
  } finally {
    await context.close();
  }
}

type Record = Pick<Visit, 'requests' | 'failures' | 'errors' | 'warnings' | 'workers'>;

/** Starts to listen; the returned function says what was heard. */
function watch(page: Page): () => Record {
  const made: Request[] = [];
  const errors: string[] = [];
  const warnings: string[] = [];
  const workers: string[] = [];
  page.on('request', (request) => made.push(request));
  page.on('worker', (worker) => workers.push(worker.url()));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    // Chromium asks for it by itself, at some time or other, and tells of it nowhere but here.
    if (message.location().url.endsWith('/favicon.ico')) return;
    if (message.type() === 'error') errors.push(message.text());
    if (message.type() === 'warning') warnings.push(message.text());
  });
  return () => {
    const described = made.map(describe);
    const failures = described.filter((request): request is FailedRequest => request.reason !== undefined);
    const requests = described.map(({ url, host, type, status }) => ({ url, host, type, status }));
    return { requests, failures, errors, warnings, workers: workers.sort() };
  };
}

function describe(request: Request): SeenRequest & { readonly reason?: string } {
  const url = request.url();
  const response = request.existingResponse();
  const status = response?.status();
  const seen = { url, host: new URL(url).host, type: request.resourceType(), status };
  if (status !== undefined && status >= 400)
    return { ...seen, reason: `${status} ${response?.statusText() ?? ''}`.trim() };
  const reason = request.failure()?.errorText ?? (status === undefined ? 'no answer' : undefined);
  // The page itself changed its mind: a player that has read enough, a picture chosen anew. What is blocked (CORS,
  // policy, integrity) fails with other words.
  return reason === undefined || reason === 'net::ERR_ABORTED' ? seen : { ...seen, reason };
}
