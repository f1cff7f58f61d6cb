/** What Apache answers at the addresses of pages: `decideAddress` of the edge, asked of the disk. */
import type { CleanUrls } from '../edge/event.js';
import { cond, redirect, root, rule } from './apacheText.js';

const uri = '%{REQUEST_URI}';
const stem = '%{ENV:TW_STEM}';
/** Forms of an address: with `/index` or `/index.html`, with `.html`, with a slash, and none of these. */
const forms = {
  index: '/index(?:\\.html)?$',
  html: '(?<!/index)\\.html$',
  slash: '/$',
  plain: '(?<!\\.html|/index|/)$',
} as const;
type Form = keyof typeof forms;

const isPage = cond('%{ENV:TW_PAGE}', '1');
const isFolder = cond('%{ENV:TW_FOLDER}', '1');
const is = (form: Form): string => cond(uri, forms[form]);
const unfound = cond('%{ENV:TW_FILE}', '^$');

/** Sets `TW_FILE` to the file that answers for an address. */
export function findPage(urls: CleanUrls): readonly string[] {
  const take = (file: string): string => rule('^', '-', `E=TW_FILE:${file}`);
  const whole = [cond(`${root}${uri}`, '-f'), take(uri)];
  if (urls === 'none')
    return [
      ...whole,
      is('slash'),
      cond(`${root}${uri}index.html`, '-f'),
      take(`${uri}index.html`),
      cond(`${root}${uri}/index.html`, '-f'),
      rule('^', '-', 'E=TW_FOLDER:1'),
    ];
  const page = (form: Form): readonly string[] => [unfound, is(form), isPage, take(`${stem}.html`)];
  const folder = (form: Form): readonly string[] => [unfound, is(form), isFolder, take(`${stem}/index.html`)];
  const served = {
    auto: [...page('plain'), ...folder('slash')],
    drop: [...page('plain'), ...folder('plain'), cond(uri, '=/'), isFolder, take('/index.html')],
    force: [...folder('slash'), ...page('slash')],
  }[urls];
  return [
    cond(uri, '^(.*?)(?:/index(?:\\.html)?|\\.html|/)?$'),
    rule('^', '-', 'E=TW_STEM:%1'),
    cond(`${root}${stem}.html`, '-f'),
    rule('^', '-', 'E=TW_PAGE:1'),
    cond(`${root}${stem}/index.html`, '-f'),
    rule('^', '-', 'E=TW_FOLDER:1'),
    is('plain'),
    ...whole,
    ...served,
  ];
}

/** Redirects from the other forms of an address. The path stays as it was sent. */
export function leadElsewhere(urls: CleanUrls): readonly string[] {
  // One slash at the beginning: two would name another host.
  const sent = cond('%{THE_REQUEST}', '^\\S+ /+([^?\\s]*?)(?:/index(?:\\.html)?|\\.html|/)?(?:[?\\s]|$)');
  const to = (end: string): readonly string[] => [sent, redirect('^', `/%1${end}`, 301)];
  const home = [cond(uri, '^/index(?:\\.html)?$'), isFolder, redirect('^', '/', 301)];
  switch (urls) {
    case 'none':
      return [cond(uri, '!/$'), isFolder, cond('%{THE_REQUEST}', '^\\S+ /+([^?\\s]*)'), ...to('/').slice(1)];
    case 'auto':
      return [
        ...home,
        isFolder,
        is('index'),
        ...to('/'),
        isFolder,
        cond('%{ENV:TW_PAGE}', '!1'),
        ...to('/'),
        isPage,
        ...to(''),
      ];
    case 'drop':
      return [...home, isPage, ...to(''), isFolder, ...to('')];
    case 'force':
      return [...home, isPage, ...to('/'), isFolder, ...to('/')];
  }
}
