/** What a script element is (HTML, "prepare the script element"). */
import type { EmbeddedLanguage } from './embedded.js';

/** 'other': a data block or template that browsers do not run. */
export type ScriptType = EmbeddedLanguage | 'speculationrules' | 'other';

const javascript =
  /^(?:application|text)\/(?:x-)?(?:ecma|java)script$|^text\/(?:javascript1\.[0-5]|jscript|livescript)$/;

/** @param language the `language` attribute, which counts where there is no `type` */
export function scriptType(type: string | undefined, language: string | undefined): ScriptType {
  if (type === undefined) {
    return language === undefined || language === '' || javascript.test(`text/${language.toLowerCase()}`)
      ? 'script'
      : 'other';
  }
  if (type === '') return 'script';
  const name = type.trim().toLowerCase();
  if (javascript.test(name)) return 'script';
  if (name === 'module' || name === 'importmap' || name === 'speculationrules') return name;
  if (name === 'application/ld+json') return 'json-ld';
  return name === 'application/json' || name === 'text/json' || name.endsWith('+json') ? 'json' : 'other';
}
