/** The functions of the edge that a CDN gets: which, for which origins, and with what compiled in. */
import type { Config } from '../config.js';
import { makeAssetRequest, makePageRequest, makePageResponse, type FunctionCode } from '../edge/functions.js';
import type { EdgeFunction } from '../provision/cdn/settings.js';

/** Assets need one only where there are variants to choose from; pages always: a bucket knows no folder index. */
export function listEdgeFunctions({ encodings, pages }: Config): readonly EdgeFunction[] {
  const negotiate = encodings === 'negotiate';
  const settings = { negotiate, pin: pages.pin, secure: true };
  const describe = (part: string, origins: EdgeFunction['origins'], made: FunctionCode): EdgeFunction => ({
    part,
    origins,
    event: made.event,
    code: made.code,
    needsKeys: made.needsKeys,
  });
  return [
    ...(negotiate ? [describe('assets', ['images', 'resources'], makeAssetRequest())] : []),
    describe('pages', ['pages'], makePageRequest(settings)),
    describe('pages response', ['pages'], makePageResponse(settings)),
  ];
}
