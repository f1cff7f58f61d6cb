/** browserconfig.xml: tiles of pinned sites (Microsoft, "Browser configuration schema reference"). */
import type { XmlRoles } from './xmlFile.js';

const logos = ['square70x70logo', 'square150x150logo', 'wide310x150logo', 'square310x310logo', 'TileImage'];

/** Pictures may be anywhere; `polling-uri` and `badge` are asked of the site. */
export const browserConfigRoles: XmlRoles = new Map(
  logos.map((name) => [`${name}@src`, { kind: `browserconfig ${name}@src`, use: 'image', treatment: 'rewrite' }]),
);
