/** What becomes of one reference, given where its two ends are served from. */
import type { Edge } from '../site/graph.js';
import type { LogicalPath } from '../site/site.js';
import type { Route } from './build.js';

export type Rewrite =
  | { readonly type: 'leave' }
  /** Point to the object of a moved asset. */
  | { readonly type: 'name'; readonly target: LogicalPath }
  /** Say in full what used to be relative to the pages: the file it stands in has moved. */
  | { readonly type: 'pages'; readonly path: string };

const leave: Rewrite = { type: 'leave' };

export function decideRewrite(edge: Edge, from: Route, routeOf: (path: LogicalPath) => Route | undefined): Rewrite {
  const { reference, destination } = edge;
  if (destination.type === 'external' || reference.treatment === 'evidence') return leave;
  const moved = from.origin !== 'pages';
  // An address relative to the document means the same wherever the script comes from.
  const meaningChanges = moved && reference.relativeTo !== 'document';
  if (destination.type === 'missing') return meaningChanges ? { type: 'pages', path: destination.path } : leave;

  const to = routeOf(destination.path);
  if (to !== undefined && to.origin !== 'pages' && reference.treatment === 'rewrite') {
    const sameLayout = from.naming === 'kept' && to.naming === 'kept' && from.origin === to.origin;
    // Bundlers' files move with their folders, so what is relative among them stays right untouched.
    return sameLayout && reference.relativeTo === 'file' && isRelative(reference.url)
      ? leave
      : { type: 'name', target: destination.path };
  }
  // A source map is only for developer tools; it is no reason to edit a bundler's file.
  if (reference.use === 'source-map' && from.naming === 'kept') return leave;
  return meaningChanges ? { type: 'pages', path: destination.path } : leave;
}

function isRelative(url: string): boolean {
  return !/^([a-z][a-z0-9+.-]*:|[/\\])/i.test(url);
}
