/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. */
import { indexPath } from './addresses.js';
import type { EdgeRequest, EdgeSettings } from './event.js';
import { chooseVariant, isNegotiated } from './negotiate.js';

/** Answers for pages where there is no key-value store: the index of a folder, and the variant. */
export function answerPlainRequest(request: EdgeRequest, settings: EdgeSettings): EdgeRequest {
  const uri = indexPath(request.uri);
  const accepted = request.headers['accept-encoding'];
  const value = accepted === undefined ? undefined : accepted.value;
  request.uri = settings.negotiate && isNegotiated(uri) ? uri + chooseVariant(value) : uri;
  return request;
}
