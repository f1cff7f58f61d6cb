// Tells on stderr which modules a process loads, as `module file:///…`.
import { register } from 'node:module';

const hooks = `export async function load(url, context, next) {
  if (url.startsWith('file:')) (await import('node:fs')).writeSync(2, 'module ' + url + '\\n');
  return next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
