/** Errors in one style: what happened, where, what to do. */
import { PublishError } from '../errors.js';
import { maskSecrets } from './mask.js';
import { paint, showSafely, wrap, type Look } from './text.js';

const shownItems = 10;

/** An error as a person reads it. Anything but a PublishError is a bug and is shown with its stack. */
export function renderError(error: unknown, look: Look, secrets: readonly string[] = []): string {
  return maskSecrets(error instanceof PublishError ? renderKnown(error, look) : renderBug(error, look), secrets);
}

function renderKnown(error: PublishError, look: Look): string {
  const lines = [`${paint(look, 'red', 'error')} ${paint(look, 'bold', error.title)}`];
  const place = error.file === undefined ? '' : `${error.file}${error.line === undefined ? '' : `:${error.line}`}`;
  const message = showSafely(error.message);
  const where = place === '' || message.includes(place) ? '' : `${paint(look, 'cyan', showSafely(place))}  `;
  lines.push(indent(`${where}${message}`, look));
  const shown = look.verbose ? error.items : error.items.slice(0, shownItems);
  for (const item of shown) lines.push(indent(`· ${showSafely(item)}`, look, '    '));
  if (error.items.length > shown.length)
    lines.push(`  ${paint(look, 'dim', `… and ${error.items.length - shown.length} more (--verbose shows all)`)}`);
  if (error.hint !== '') lines.push(indent(`${paint(look, 'green', '→')} ${error.hint}`, look, '    '));
  // A link that is broken over two lines is none.
  lines.push(`  ${paint(look, 'dim', error.docs)}`);
  if (look.verbose)
    for (let cause = error.cause; cause instanceof Error; cause = cause.cause)
      lines.push(indent(paint(look, 'dim', `caused by ${cause.name}: ${showSafely(cause.message)}`), look, '    '));
  return lines.join('\n');
}

function renderBug(error: unknown, look: Look): string {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : [];
  return [
    `${paint(look, 'red', 'error')} ${paint(look, 'bold', 'This is a bug in twinorigin')}`,
    indent(showSafely(message), look),
    ...(look.verbose ? stack : stack.slice(0, 4)).map((line) => paint(look, 'dim', line)),
    `  ${paint(look, 'green', '→')} Please report it with the lines above (--verbose shows all of them).`,
  ].join('\n');
}

function indent(text: string, look: Look, continuation = '  '): string {
  return wrap(text, look.width, '  ', continuation);
}
