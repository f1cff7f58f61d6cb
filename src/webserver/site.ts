/** What a web server of one's own has to know of a release to answer as the edge does. */
import type { EdgeRules } from '../build/build.js';

/** Servers that are told over SSH. */
export const webServerKinds = ['nginx', 'apache'] as const;
export type WebServerKind = (typeof webServerKinds)[number];

/** Those, and the one whose rules are written into a folder for somebody to take there. */
export const ruleKinds = [...webServerKinds, 'iis'] as const;
export type RuleKind = (typeof ruleKinds)[number];

/** A file that answers, without its compressed forms. */
export interface ServedFile {
  /** As it lies in the site: `docs/index.html`. */
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

export interface ServedSite extends Pick<EdgeRules, 'urls' | 'redirects' | 'headers'> {
  /** Path of the page that is shown where there is none; null for the plain error. */
  readonly missingPage: string | null;
  readonly files: readonly ServedFile[];
}

/** One file of a server's configuration. */
export interface RuleFile {
  /** Below the folder of the release. */
  readonly path: string;
  readonly text: string;
}
