/** Pages that nobody should write: broken tags, foreign content, raw text, odd bytes, in random order. */
import fc from 'fast-check';

const space = fc.constantFrom(' ', '\n', '\t', '\f', '\r', '\r\n', '/', ' / ', '');
const attributeName = fc.constantFrom(
  'src',
  'SRC',
  'href',
  'srcset',
  'style',
  'xlink:href',
  'data-src',
  'type',
  'rel',
  'a"b',
  '=x',
  "q'",
  '<i',
  'n\0l',
  'encoding',
  'color',
  'é',
);
const text = fc
  .array(
    fc.constantFrom(
      'a.png',
      'x/y?z#f',
      '&amp;',
      '&AMP',
      '&ampx',
      '&copy=',
      '&#63;',
      '&#x3f',
      '&#0;',
      '&notit;',
      '&',
      ' ',
      '\r',
      '\r\n',
      '\0',
      'é',
      '<',
      '`',
      'text/html',
      'caf\u00c3\u00a9',
      '</script>',
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));

const value = fc.oneof(
  text.map((inner) => `="${inner.replaceAll('"', '')}"`),
  text.map((inner) => `= '${inner.replaceAll("'", '')}'`),
  text.map((inner) => `=${inner.replace(/[\s>]/g, '')}`),
  fc.constantFrom('', '=', ' = ', '=""'),
);
const attribute = fc.tuple(space, attributeName, value).map((parts) => parts.join(''));
const attributes = fc.array(attribute, { maxLength: 3 }).map((parts) => parts.join(''));

const htmlNames =
  'div p span img IMG image script style title textarea xmp iframe noembed noframes table tr td li h1 ul'.split(' ');
/** Elements that parsers put back or skip by rules of their own: what then is open inside an `<svg>` no scanner tells. */
const formattingNames = 'a b font noscript body template'.split(' ');
const foreignNames =
  'svg SVG math foreignObject desc title mi mtext annotation-xml mglyph use image style script g'.split(' ');
const close = fc.constantFrom('>', '>', '>', '>', '/>', ' />', '/ >', '', '<');

const pieces = fc.constantFrom(
  '<!--',
  '-->',
  '--!>',
  '<!-->',
  '<!--->',
  '<!---->',
  '<!-',
  '<!',
  '<!x>',
  '<!DOCTYPE html>',
  '<?php echo "<img src=x>" ?>',
  '<![CDATA[',
  ']]>',
  ']]]>',
  '</>',
  '</ x>',
  '</3>',
  '<',
  '<3',
  '>',
  '<<',
  '\0',
  '\r',
  'text',
  '&lt;',
  '<script><!--<script>',
  '<!--<script',
  '<script>-->',
  '</SCRIPT >',
  '</script\f',
  '</style/x="',
  '</title\n>',
  '<plaintext>',
  '<br>',
  '</p>',
  '</br>',
);

/** A page of up to 30 pieces, any two of which can stand side by side; with `<svg>` and `<math>` where asked for. */
export function hostileMarkup(foreign: boolean): fc.Arbitrary<string> {
  const name = foreign
    ? fc.oneof({ weight: 3, arbitrary: oneOf(htmlNames) }, { weight: 2, arbitrary: oneOf(foreignNames) })
    : oneOf([...htmlNames, ...formattingNames]);
  const startTag = fc.tuple(name, attributes, close).map(([element, inner, end]) => `<${element}${inner}${end}`);
  const endTag = fc
    .tuple(name, fc.oneof({ weight: 4, arbitrary: fc.constant('') }, { weight: 1, arbitrary: attributes }), close)
    .map(([element, inner, end]) => `</${element}${inner}${end}`);
  const piece = fc.oneof(
    { weight: 5, arbitrary: startTag },
    { weight: 3, arbitrary: endTag },
    { weight: 3, arbitrary: pieces },
  );
  const page = fc.array(piece, { maxLength: 30, size: 'max' }).map((parts) => parts.join(''));
  return foreign ? page.map((markup) => `<body>${markup}`) : page;
}

function oneOf(values: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...values);
}
