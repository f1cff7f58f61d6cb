/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. */
import type { EdgeRequest } from './event.js';
import { chooseVariant, isNegotiated } from './negotiate.js';

/** Chooses the variant of an asset. */
export function answerAssetRequest(request: EdgeRequest): EdgeRequest {
  const accepted = request.headers['accept-encoding'];
  if (isNegotiated(request.uri))
    request.uri = request.uri + chooseVariant(accepted === undefined ? undefined : accepted.value);
  return request;
}
