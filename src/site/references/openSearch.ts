/** OpenSearch descriptions: browsers read them once, from the site. */
import type { XmlRoles } from './xmlFile.js';

export const openSearchRoles: XmlRoles = new Map([
  ['Image', { kind: 'opensearch Image', use: 'image', treatment: 'keep' }],
]);
