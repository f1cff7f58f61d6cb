/** Web app manifests (W3C "Web Application Manifest"): icons may be anywhere, everything else belongs to the site. */
import type { Node } from 'jsonc-parser';
import { namesFile } from './escapedAddress.js';
import type { EmbeddedFinder } from './embedded.js';
import { fileFinder, foundOf } from './finder.js';
import { jsonAddress, jsonElements, jsonProperty, parseJson } from './json.js';
import type { Found, Reference } from './reference.js';

const findInManifestText: EmbeddedFinder = (view, start, end, decode) => {
  const root = parseJson(view, start, end);
  return root === undefined ? { references: [] } : findInManifestRoot(root, view, decode);
};

/** Finds the references of a parsed manifest. */
export function findInManifestRoot(root: Node, view: string, decode: (piece: string) => string): Found {
  const shortcuts = jsonElements(jsonProperty(root, 'shortcuts'));
  const handlers = jsonElements(jsonProperty(root, 'file_handlers'));
  const references = [
    ...pictures('icons', root),
    ...pictures('screenshots', root),
    ...pictures('splash_screens', root),
    ...[...shortcuts, ...handlers].flatMap((entry) => pictures('icons', entry)),
    ...kept('start_url', root),
    ...kept('scope', root),
    ...shortcuts.flatMap((entry) => kept('url', entry)),
    ...handlers.flatMap((entry) => kept('action', entry)),
    ...kept('action', jsonProperty(root, 'share_target')),
  ];
  return foundOf({ references });

  function pictures(list: string, owner: Node): Reference[] {
    return jsonElements(jsonProperty(owner, list)).flatMap((picture) => {
      const address = jsonAddress(jsonProperty(picture, 'src'), view, decode);
      if (!namesFile(address)) return [];
      return [
        { kind: `manifest ${list}`, use: 'image', treatment: 'rewrite', ...address, relativeTo: 'file' } as const,
      ];
    });
  }

  /** Addresses that must be same-origin with the page (Manifest, "processing the start_url member" and others). */
  function kept(name: string, owner: Node | undefined): Reference[] {
    const address = jsonAddress(jsonProperty(owner, name), view, decode);
    if (!namesFile(address)) return [];
    return [{ kind: `manifest ${name}`, use: 'document', treatment: 'keep', ...address, relativeTo: 'file' }];
  }
}

/** True for JSON that can only be a manifest, whatever its name (`manifest.json`). */
export function isWebManifest(root: Node): boolean {
  const icons = jsonElements(jsonProperty(root, 'icons'));
  const pictured = icons.some((icon) => jsonProperty(icon, 'src')?.type === 'string');
  return (
    pictured && ['name', 'short_name', 'start_url', 'display'].some((name) => jsonProperty(root, name) !== undefined)
  );
}

/** The finder for web app manifests. */
export const findInWebManifest = fileFinder(findInManifestText);
