/**
 * What is added inside the SDK's own retry loop, so that there is one loop and one budget:
 * an answer whose body broke off, and AWS's request to try a conditional write again.
 */
import type { GetObjectCommand, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { errorName } from './failure.js';

/** Inside the loop (`retryMiddleware` has priority high in this step). */
const innermost = { step: 'finalizeRequest', priority: 'low' } as const;

/**
 * Reads the whole body as part of the attempt: the SDK retries until the headers are there and no further.
 * Resets, checksum mismatches and bodies shorter than announced are tried again.
 * Returns a function that gives the bytes once the command was sent.
 */
export function readBodyWithin(command: GetObjectCommand): () => Buffer {
  let bytes = Buffer.alloc(0);
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const output = result.output;
      try {
        bytes = output.Body === undefined ? Buffer.alloc(0) : Buffer.from(await output.Body.transformToByteArray());
      } catch (error) {
        throw worthRetrying(error);
      }
      if (output.ContentLength !== undefined && output.ContentLength !== bytes.length) {
        throw worthRetrying(new Error(`the body has ${bytes.length} bytes instead of ${output.ContentLength}`));
      }
      return result;
    },
    { ...innermost, name: 'readBodyWithin' },
  );
  return () => bytes;
}

/**
 * "On a 409 failure you should retry the upload" (S3 User Guide, "Conditional write behavior"): another conditional
 * write of the same key was being decided. The SDK takes 409 for final.
 */
export function retryConflicts(command: PutObjectCommand): void {
  command.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw isConflict(error) ? worthRetrying(error) : error;
      }
    },
    { ...innermost, name: 'retryConflicts' },
  );
}

/** Signs with a digest that is known already: otherwise the SDK hashes the body a second time. */
export function signWithDigest(command: PutObjectCommand | UploadPartCommand, sha256: Buffer): void {
  const { middlewareStack } = command as { readonly middlewareStack: PutObjectCommand['middlewareStack'] };
  middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { readonly headers: Record<string, string> };
      headers['x-amz-content-sha256'] = sha256.toString('hex');
      return next(args);
    },
    { step: 'build', name: 'signWithDigest' },
  );
}

export function isConflict(error: unknown): boolean {
  return ['ConditionalRequestConflict', 'OperationAborted'].includes(errorName(error));
}

/** The mark by which the SDK's retry strategy knows. */
function worthRetrying(error: unknown): unknown {
  if (error instanceof Error && error.name !== 'AbortError')
    Object.assign(error, { $retryable: { throttling: false } });
  return error;
}
