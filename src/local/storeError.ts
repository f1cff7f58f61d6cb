import { hasErrnoCode, PublishError, type ErrorCode } from '../errors.js';
import { ConditionFailed } from '../release/ports.js';

/** Turns what the file system says into an error with a remedy; errors that already have one are kept. */
export function storeError(error: unknown, directory: string, key: string): Error {
  if (error instanceof PublishError || error instanceof ConditionFailed) return error;
  const system = error instanceof Error ? error : new Error(String(error));
  const [code, hint] = explain(system);
  return new PublishError(code, `${directory}: ${key}: ${system.message}`, {
    file: key,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

function explain(error: Error): [ErrorCode, string?] {
  if (hasErrnoCode(error, 'ENOSPC', 'EDQUOT')) return ['disk-full'];
  if (hasErrnoCode(error, 'EACCES', 'EPERM', 'EROFS'))
    return ['store-failed', 'Give yourself permission to write in that folder, or name another one.'];
  if (hasErrnoCode(error, 'ENAMETOOLONG', 'EILSEQ', 'EINVAL'))
    return ['store-failed', 'The file system does not hold that name. Rename the file, or publish to a bucket.'];
  if (hasErrnoCode(error, 'EXDEV'))
    return ['store-failed', 'A part of the folder is another file system. Unmount it, or move the whole folder there.'];
  if (hasErrnoCode(error, 'EMFILE', 'ENFILE')) return ['store-failed', 'Raise the limit of open files (ulimit -n).'];
  return ['store-failed'];
}
