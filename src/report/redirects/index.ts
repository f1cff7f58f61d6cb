/** Redirect maps for every kind of server. */
import { writeApache } from './apache.js';
import { writeCloudFrontFunction } from './cloudFrontFunction.js';
import { writeIis } from './iis.js';
import { writeNginx } from './nginx.js';
import type { Redirect } from './redirect.js';
import { writeRedirectsFile } from './redirectsFile.js';

export { redirectOf, type Redirect } from './redirect.js';
export { writeApache, writeCloudFrontFunction, writeIis, writeNginx, writeRedirectsFile };

/** File names and contents. */
export function writeAllRedirects(redirects: readonly Redirect[]): Readonly<Record<string, string>> {
  const nginx = writeNginx(redirects);
  return {
    'nginx-http.conf': nginx.http,
    'nginx-server.conf': nginx.server,
    '.htaccess': writeApache(redirects),
    'web.config': writeIis(redirects),
    'cloudfront-function.js': writeCloudFrontFunction(redirects).code,
    '_redirects': writeRedirectsFile(redirects),
  };
}
