/** Whether a site answers an address by itself. */
import { stemOf } from '../edge/addresses.js';
import type { CleanUrls } from '../edge/event.js';

/** @param from percent-encoded, as rules name it. @param present paths of all files: `docs/index.html`. */
export function isServed(from: string, present: ReadonlySet<string>, urls: CleanUrls): boolean {
  const path = decodeURIComponent(from).slice(1);
  const stem = stemOf(`/${path}`).slice(1);
  if (from.endsWith('/')) return present.has(`${path}index.html`);
  if (present.has(path)) return true;
  if (urls === 'none' && path !== stem) return false;
  // Without clean addresses `/about` is nothing; a folder leads to its index in every mode.
  return (
    (urls !== 'none' && present.has(`${stem}.html`)) || present.has(stem === '' ? 'index.html' : `${stem}/index.html`)
  );
}
