/* Runs in CloudFront Functions too: see negotiate.ts for what the runtime allows. */
import crypto from 'crypto';

/** 22 letters of HMAC-SHA-256, 132 bits. */
export function signRelease(secret: string, release: string): string {
  return crypto.createHmac('sha256', secret).update(release).digest('base64url').slice(0, 22);
}
