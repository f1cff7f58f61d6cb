/** Names of elements by what the tree construction of HTML does with them (HTML, sections 13.2.4 and 13.2.6). */

const names = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Start tags that end foreign content. */
export const breakouts = names(
  'b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta ' +
    'nobr ol p pre ruby s small span strong strike sub sup table tt u ul var',
);

/** Elements without content. */
export const voids = names(
  'area base basefont bgsound br col embed frame hr img image input keygen link meta param source track wbr',
);

/** Tags that open nothing that a later tag closes. */
export const ignored = names('html head body frameset');

/** MathML text integration points. */
export const textPoints = names('mi mo mn ms mtext');

/** HTML integration points of SVG, lowercase. */
export const htmlPoints = names('foreignobject desc title');

/** Elements whose end tags are handled by the adoption agency. */
export const formatting = names('a b big code em font i nobr s small strike strong tt u');

/** Start tags before which an open paragraph ends. */
export const paragraphEnds = names(
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 ' +
    'h5 h6 header hgroup li dd dt listing main menu nav ol p plaintext pre search section summary table ul xmp',
);

/** The "special" category. */
export const special = names(
  'address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd ' +
    'details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header ' +
    'hgroup hr html iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ' +
    'ol p param plaintext pre script search section select source style summary table tbody td template textarea tfoot ' +
    'th thead title tr track ul wbr xmp',
);

/** HTML elements that bound the search for an element "in scope". */
export const scopeEnds = names('applet caption html table td th marquee object select template');

/** Parts of tables, with how deep they stand. */
export const tableParts: ReadonlyMap<string, number> = new Map([
  ['caption', 1],
  ['colgroup', 1],
  ['tbody', 1],
  ['thead', 1],
  ['tfoot', 1],
  ['tr', 2],
  ['td', 3],
  ['th', 3],
]);
