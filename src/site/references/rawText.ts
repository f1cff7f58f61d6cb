/** Elements whose content is no markup, and where that content ends. */

const rawTextElements: ReadonlySet<string> = new Set(
  'script style title textarea xmp iframe noembed noframes plaintext'.split(' '),
);

/** Whether an HTML element of this name holds raw text (or text without tags: title, textarea). */
export function isRawText(name: string): boolean {
  return rawTextElements.has(name);
}

const endTags = new Map<string, RegExp>();

/** The offset of the end tag that closes a raw text element whose content begins at `from`; the end of the page without. */
export function findRawTextEnd(view: string, name: string, from: number): number {
  if (name === 'plaintext') return view.length;
  if (name === 'script') return findScriptEnd(view, from);
  let endTag = endTags.get(name);
  if (endTag === undefined) endTags.set(name, (endTag = new RegExp(`</${name}[\\t\\n\\f\\r />]`, 'gi')));
  endTag.lastIndex = from;
  return endTag.exec(view)?.index ?? view.length;
}

/** A comment's start, or a script tag: what changes the state of script data. */
const scriptMark = /<!--|<\/?script[\t\n\f\r />]|-->/gi;

/**
 * Script data: inside `<!--` a `<script>` hides the next `</script>`, until `-->` (HTML, "script data escaped" and
 * "script data double escaped" states).
 */
function findScriptEnd(view: string, from: number): number {
  let state: 'data' | 'escaped' | 'double' = 'data';
  scriptMark.lastIndex = from;
  for (let mark = scriptMark.exec(view); mark !== null; mark = scriptMark.exec(view)) {
    const [text] = mark;
    if (text === '-->') {
      state = 'data';
    } else if (text === '<!--') {
      if (state === 'data') state = 'escaped';
      // `<!-->` and `<!--->` end at once: their dashes count for both.
      scriptMark.lastIndex -= 2;
    } else if (text.charAt(1) !== '/') {
      if (state === 'escaped') state = 'double';
    } else if (state === 'double') {
      state = 'escaped';
    } else {
      return mark.index;
    }
  }
  return view.length;
}

/** The same in XML, where only a CDATA section hides an end tag. */
export function findXmlTextEnd(view: string, name: string, from: number): number {
  for (let at = from; ;) {
    const end = view.indexOf(`</${name}`, at);
    if (end < 0) return view.length;
    const section = view.indexOf('<![CDATA[', at);
    if (section < 0 || section > end) return end;
    const close = view.indexOf(']]>', section + 9);
    if (close < 0) return view.length;
    at = close + 3;
  }
}
